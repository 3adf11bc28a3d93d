"""What the history says, and what it cannot: only the submitted commit itself is kept.

Names and addresses of authors are compared and never shown: mentors may not know who the learner is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_PERSON = re.compile(r"^(author|committer) .*?<([^>]*)> (-?\d{1,12}) [+-]\d{4}$", re.MULTILINE)
_PARENT = re.compile(r"^parent [0-9a-f]{40,64}$", re.MULTILINE)
_TOGETHER = re.compile(r"^co-authored-by:", re.MULTILINE | re.IGNORECASE)
_EARLIER = "Earlier commits exist and are not kept: their number, dates and authors are not known here."
_ALONE = "The whole repository is one commit: how the work came about cannot be seen."
SLACK_SECONDS = 3600
"""Clocks of learners' machines may be off by so much."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The header of a commit: when it was written and committed, by how many, on how many parents."""

    written: datetime | None
    committed: datetime | None
    one_person: bool
    parents: int
    together: int


def parse_commit(content: bytes) -> Commit:
    """A commit object as git stores it; what is missing or odd is None."""
    header, _, message = content.decode("utf-8", errors="replace").partition("\n\n")
    people = {kind: (mail, _instant(seconds)) for kind, mail, seconds in _PERSON.findall(header)}
    author, committer = people.get("author"), people.get("committer")
    return Commit(
        author[1] if author else None,
        committer[1] if committer else None,
        bool(author and committer and author[0].lower() == committer[0].lower()),
        len(_PARENT.findall(header)),
        len(_TOGETHER.findall(message)),
    )


def history_facts(commit: Commit, *, started: datetime, submitted: datetime) -> list[Mapping[str, str]]:
    """Facts as `kind` and `text`, in plain words."""
    facts: list[Mapping[str, str]] = []
    for name, at in (("written", commit.written), ("committed", commit.committed)):
        said = f"The submitted commit says that it was {name}"
        if at is not None and (at - started).total_seconds() < -SLACK_SECONDS:
            facts.append(_fact("outside", f"{said} before the start."))
        if at is not None and (at - submitted).total_seconds() > SLACK_SECONDS:
            facts.append(_fact("outside", f"{said} after the submission."))
    facts.append(_fact("unknown", _EARLIER) if commit.parents else _fact("bulk", _ALONE))
    if not commit.one_person:
        facts.append(_fact("people", "Author and committer of the commit have different addresses."))
    if commit.together:
        facts.append(_fact("people", f"The commit names {commit.together} further authors."))
    facts.append(_fact("unknown", "Dates and names in commits are written by the learner's own machine."))
    return facts


def _fact(kind: str, text: str) -> Mapping[str, str]:
    return {"kind": kind, "text": text}


def _instant(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
