"""`jobtwin serve`: everything in one command."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from jobtwin.cli.processes import ended_together, jobtwin_process, python_process
from jobtwin.cli.sample import make_sample
from jobtwin.config.environment import Environment, read_environment
from jobtwin.core.errors import Conflict, OutsideFailure

POLL_SECONDS = 0.1
DEMO_PEOPLE = (
    ("ada@demo.example", "Ada", "learner"),
    ("max@demo.example", "Max", "mentor"),
    ("noor@demo.example", "Noor", "mentor"),
    ("olga@demo.example", "Olga", "operator"),
)


@click.command(epilog="Example: jobtwin serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def command(host: str, port: int) -> None:
    """Start the database, the web server and a worker; in development with demo accounts and the sample."""
    environment = read_environment()
    if not environment.production:
        os.environ.setdefault("JOBTWIN_ORIGIN", f"http://{host}:{port}")
        offer_sample(environment)
    from jobtwin.config.database import setup_django, start_database, stop_database

    setup_django()
    started = start_database()
    try:
        _prepare(production=environment.production)
        web = python_process(
            "-m", "gunicorn", "--config", "python:jobtwin.config.gunicorn", "--bind", f"{host}:{port}",
            "jobtwin.config.wsgi",
        )  # fmt: skip
        worker = jobtwin_process("worker")
        with ended_together(web, worker), asked_to_stop() as asked:
            if answers(host, port, until=lambda: bool(asked) or web.poll() is not None):
                click.echo(f"http://{host}:{port}  (Ctrl-C ends it)")
            while not asked and web.poll() is None and worker.poll() is None:
                signal.sigtimedwait({signal.SIGCHLD}, 1)
        if not asked:
            raise OutsideFailure("the web server or the worker ended by itself; see above", retry=True)
    finally:
        if started:
            stop_database()


def offer_sample(environment: Environment) -> None:
    """Makes the sample repository and names it as a local source that the web takes: `local:sample`."""
    path = environment.home / "sample"
    make_sample(path)
    others = os.environ.get("JOBTWIN_LOCAL_SOURCES", "")
    os.environ["JOBTWIN_LOCAL_SOURCES"] = ",".join(filter(None, [others, f"sample={path}"]))


def _prepare(*, production: bool) -> None:
    from jobtwin.services.brief import publish_brief
    from jobtwin.source.brief import built_in_brief, built_in_ids
    from jobtwin.store.clock import database_now
    from jobtwin.store.platform import make_keys

    now = database_now()
    if not production:
        make_keys(now=now)
        _demo_accounts()
    for brief_id in built_in_ids():
        try:
            publish_brief(brief=built_in_brief(brief_id), now=now)
        except Conflict as error:
            click.echo(f"kept the published brief: {error.message}", err=True)


def _demo_accounts() -> None:
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Person, Role

    if Person.objects.filter(email=DEMO_PEOPLE[0][0]).exists():
        click.echo("demo accounts exist; their passwords were printed when they were made")
        return
    click.echo("demo accounts (printed once; the sample's address is local:sample):")
    for email, name, role in DEMO_PEOPLE:
        password = secrets.token_urlsafe(9)
        add_person(email=email, name=name, role=Role(role), password=password)
        click.echo(f"  {role:8}  {email:18}  {password}")


@contextmanager
def asked_to_stop() -> Iterator[list[int]]:
    """A list that holds the signal once Ctrl-C or SIGTERM came; the former handlers return afterwards."""
    asked: list[int] = []
    former = {
        number: signal.signal(number, lambda got, _frame: asked.append(got))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def answers(host: str, port: int, *, until: Callable[[], bool]) -> bool:
    """True as soon as something listens at host and port; False where `until` turns true before."""
    while not until():
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            return True
    return False
