"""A real web server and a real browser on a real database."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from jobtwin.store.models import Person
    from tests.host.browser.stage import Stage
    from tests.host.people import People


@dataclass(frozen=True)
class Site:
    """The address of the running server, its stage and its people."""

    url: str
    stage: "Stage"
    people: "People"


@pytest.fixture
def site(committed_db: str, tmp_path: Path) -> Iterator[Site]:
    """Gunicorn as `jobtwin serve` runs it, on a free port, with the sample as a local source."""
    from tests.host.browser.stage import set_stage
    from tests.host.people import everybody

    stage = set_stage(tmp_path)
    with _listening() as listener:
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        command = ["-m", "gunicorn", "jobtwin.config.wsgi", "--bind", f"fd://{listener.fileno()}"]
        command += ["--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
        server = subprocess.Popen(
            [sys.executable, *command],
            env=os.environ | {"JOBTWIN_ORIGIN": url, "JOBTWIN_LOCAL_SOURCES": f"sample={stage.repository}"},
            pass_fds=[listener.fileno()],
        )
        try:
            # The socket listens already: this waits in its queue until the server answers.
            asking = HTTPConnection("127.0.0.1", port, timeout=60)
            asking.request("GET", "/readyz")
            assert asking.getresponse().status == 200
            asking.close()
            yield Site(url, stage, everybody())
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def visit(browser: "Browser", site: Site) -> Iterator[Callable[..., "BrowserContext"]]:
    """Opens a browser of somebody's own, signed in (None: signed out)."""
    opened: list[BrowserContext] = []

    def visitor(person: "Person | None" = None, width: int = 1280, scheme: str = "light") -> "BrowserContext":
        from django.test import Client

        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
        )  # fmt: skip
        context.set_default_timeout(15_000)
        if person is not None:
            client = Client()
            client.force_login(person)
            value = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "url": site.url}])
        opened.append(context)
        return context

    yield visitor
    for context in opened:
        context.close()
