"""The history of a scanned folder: messages of commits, people named in them, names of branches and tags.

They are no files, so they are listed beside the files, and only where something was found.
"""

from dataclasses import dataclass
from pathlib import Path

from jobtwin.review.scan.found import SHOWN, ScannedFile
from jobtwin.review.scan.scanner import Scanner
from jobtwin.source.history import History, HistoryLimits, history_of


@dataclass(frozen=True, slots=True)
class Carried:
    """A suspicion outside the files: in which kind of `carrier`, and its `name`."""

    carrier: str
    name: str
    found: ScannedFile

    def as_json(self) -> dict[str, object]:
        document = self.found.as_json()
        del document["path"]
        return {"carrier": self.carrier, "name": self.name, **document}


@dataclass(frozen=True, slots=True)
class ScannedHistory:
    """What was read of a history, and what was found, the most suspicious first."""

    commits: int
    references: int
    found: tuple[Carried, ...]
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin scan --json` prints in `history`."""
        return {
            "commits": self.commits,
            "references": self.references,
            "found": [one.as_json() for one in self.found],
            "note": self.note,
        }


def scan_history(
    folder: Path, scanner: Scanner | None = None, limits: HistoryLimits | None = None
) -> ScannedHistory | None:
    """The history in `folder/.git`, or None where there is none. It never raises for what stands there."""
    history = history_of(folder, limits)
    if history is None:
        return None
    every = _carried(history, scanner or Scanner())
    found = sorted((one for one in every if one.found.score >= SHOWN), key=_order)
    return ScannedHistory(len(history.commits), len(history.references), tuple(found), history.note)


def _carried(history: History, scanner: Scanner) -> list[Carried]:
    people = sorted({person for commit in history.commits for person in commit.people})
    return [
        *(
            Carried("message of a commit", one.id, scanner.file("message", one.message))
            for one in history.commits
        ),
        *(Carried("person in a commit", one, scanner.file("person", one.encode())) for one in people),
        *(Carried("name of a reference", one, scanner.file(one, b"")) for one in history.references),
    ]


def _order(one: Carried) -> tuple[float, str, str]:
    return -one.found.score, one.carrier, one.name
