"""Which attempt a command is about, and how attempts read in the terminal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from jobtwin.cli.client import Client, every
from jobtwin.cli.output import one_line
from jobtwin.core.errors import BadInput, NotFound
from jobtwin.verification.events import Event

POLL_SECONDS = 1.0


def choose(client: Client, attempt_id: str | None, *, only_open: bool = False) -> dict[str, Any]:
    """The named attempt, or the one there is; with `only_open` the one that is still open.

    Raises NotFound where there is none, BadInput where there are several.
    """
    attempts = list(every(client, "/attempts"))
    if attempt_id is not None:
        found = [one for one in attempts if str(one["id"]).startswith(attempt_id)]
    else:
        found = [one for one in attempts if one["state"] == "open"] if only_open else attempts
    if not found:
        what = "such attempt" if attempt_id else "open attempt" if only_open else "attempt"
        raise NotFound(f"you have no {what}; see `jobtwin status`")
    if len(found) > 1:
        ids = ", ".join(str(one["id"]) for one in found)
        raise BadInput(f"say which attempt with --attempt: {ids}")
    return found[0]


def newest_draft(client: Client, attempt: dict[str, Any]) -> dict[str, Any]:
    """The saved draft of an attempt, or an empty one with version 0."""
    version = int(attempt["draft_version"])
    if version == 0:
        return {"version": 0, "source": "", "notes": "", "answers": {}}
    found: dict[str, Any] = client.get(f"/attempts/{attempt['id']}/drafts/{version}")
    return found


def line(attempt: dict[str, Any]) -> str:
    """One attempt in one line."""
    left = timedelta(milliseconds=int(attempt["left_ms"]))
    rest = f", {_words(left)} left" if attempt["state"] == "open" else ""
    draft = f", draft {attempt['draft_version']}" if attempt["draft_version"] else ", nothing saved"
    return one_line(f"{attempt['id']}  {attempt['brief']}  {attempt['state']}{rest}{draft}")


def follow(
    client: Client, attempt_id: str, *, show: Callable[[Event], None], sleep: Callable[[float], None]
) -> dict[str, Any]:
    """Shows the steps of a verification as they come; the last progress, with its checks."""
    cursor, began = 0, {}  # type: int, dict[str, datetime]
    while True:
        progress: dict[str, Any] = client.get(f"/attempts/{attempt_id}/progress?after={cursor}")
        for step in progress["steps"]:
            at = datetime.fromisoformat(step["at"])
            if step["kind"] == "start":
                began[step["phase"]] = at
            seconds = (at - began.get(step["phase"], at)).total_seconds()
            show(Event("", one_line(step["phase"]), step["kind"], step["text"], seconds))
        cursor = int(progress["cursor"])
        if progress["done"]:
            return progress
        if not progress["steps"]:
            sleep(POLL_SECONDS)


def check_line(check: dict[str, Any]) -> str:
    """One self-check in one line: the answer beside what was verified."""
    verdict = f"{check['verdict']} ({check['reason']})" if check["verdict"] else "not verified yet"
    return one_line(f"{check['id']}  you said {check['answer'] or 'nothing'}; {verdict} {check['summary']}")


def _words(left: timedelta) -> str:
    minutes = int(left.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min"
