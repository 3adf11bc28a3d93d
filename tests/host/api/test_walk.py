"""The walk of docs/api.md, run by the shell against a served instance; its answers are compared."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.host.browser.conftest import Site

pytestmark = [pytest.mark.host, pytest.mark.xdist_group("browser")]

DOCS = Path(__file__).parents[3] / "docs/api.md"
VARIES = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "<time>"),
    (r"\b[0-9a-f]{40}\b", "<commit>"),
)


def masked(text: str) -> str:
    """The text with what differs between runs named instead."""
    for pattern, name in VARIES:
        text = re.sub(pattern, name, text)
    return text.strip()


def blocks() -> tuple[list[str], list[str]]:
    """The commands of the walk and the answers below each."""
    walk = DOCS.read_text().partition("## One exam by curl")[2].partition("\n## ")[0]
    found = re.findall(r"```(\w*)\n(.*?)```", walk, re.DOTALL)
    return [text for kind, text in found if kind == "sh"], [text for kind, text in found if kind != "sh"]


def test_the_walk_of_the_documentation_answers_as_it_says(site: "Site", tmp_path: Path) -> None:
    from jobtwin.services.token import make_token
    from jobtwin.store.clock import database_now

    scopes = ["exam:read", "exam:write"]
    _, token = make_token(person=site.people.ada, name="walk", scopes=scopes, days=1, now=database_now())
    commands, answers = blocks()
    assert len(commands) == len(answers) > 5
    done = subprocess.run(
        ["bash", "-eu", "-c", "\necho; echo ----\n".join(commands)],
        cwd=tmp_path,
        env={
            "URL": site.url,
            "TOKEN": token,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "NO_PROXY": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    given = [masked(part) for part in done.stdout.split("\n----\n")]
    assert given == [masked(answer) for answer in answers]
