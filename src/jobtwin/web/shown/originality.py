"""Originality facts as the mentor's desk shows them."""

from dataclasses import dataclass
from typing import Any

from jobtwin.store.models import Similarity, Submission
from jobtwin.store.queries.originality import originality_of, similarities_of


@dataclass(frozen=True, slots=True)
class SharedPlace:
    """Lines of this submission beside those of another one."""

    path: str
    line_start: int
    line_end: int
    text: str
    other_path: str
    other_start: int
    other_text: str


@dataclass(frozen=True, slots=True)
class Originality:
    """Everything of the panel; `starter` is the share that stands in the starter too, in per cent."""

    history: list[dict[str, str]]
    questions: list[dict[str, Any]]
    places: list[SharedPlace]
    others: int
    starter: int


def shown_originality(submission: Submission) -> Originality | None:
    """The panel, or None until the facts are recorded."""
    record = originality_of(submission)
    if record is None:
        return None
    pairs = similarities_of(submission)
    document = record.document
    return Originality(
        document["history"],
        document["questions"],
        [place for pair in pairs for place in _places(pair, submission)],
        len(pairs),
        round(100 * document["starter"] / document["prints"]) if document["prints"] else 0,
    )


def _places(pair: Similarity, submission: Submission) -> list[SharedPlace]:
    mine, theirs = ("first", "second") if pair.first_id == submission.pk else ("second", "first")
    return [
        SharedPlace(
            one[mine]["path"],
            one[mine]["line_start"],
            one[mine]["line_end"],
            one[mine]["text"],
            one[theirs]["path"],
            one[theirs]["line_start"],
            one[theirs]["text"],
        )
        for one in pair.places
    ]
