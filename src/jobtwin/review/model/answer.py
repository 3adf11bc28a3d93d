"""Answers: one JSON object in one exact form. Whatever else a model says is unclear."""

import json
import unicodedata
from dataclasses import dataclass

from jobtwin.core.draft_review import Finding
from jobtwin.review.model.prompt import MAX_CITED, MAX_NOTE, Prompt

KEYS = frozenset({"criterion_id", "verdict", "span_ids", "note"})


class BadAnswer(Exception):
    """A reply that is not an answer; `reason` is a short word for the record of the call."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said: a verdict, positions of spans that it was shown, and a plain note."""

    verdict: Finding
    spans: tuple[int, ...]
    note: str


def parse_answer(text: str, prompt: Prompt, *, most_chars: int) -> Answer:
    """The answer in a reply. Raises BadAnswer for anything that is not exactly what was asked for."""
    if len(text) > most_chars:
        raise BadAnswer("oversized")
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("malformed") from error
    if not isinstance(document, dict) or document.keys() != KEYS:
        raise BadAnswer("other_schema")
    if document["criterion_id"] != prompt.criterion_id:
        raise BadAnswer("other_criterion")
    return Answer(
        _verdict(document["verdict"]), _spans(document["span_ids"], prompt), _note(document["note"])
    )


def plain(text: str) -> str:
    """One line without control characters, hidden characters or runs of spaces."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join(kept.split())


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _verdict(value: object) -> Finding:
    if not isinstance(value, str) or value not in set(Finding):
        raise BadAnswer("other_schema")
    return Finding(value)


def _spans(value: object, prompt: Prompt) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > MAX_CITED:
        raise BadAnswer("other_schema")
    if not all(isinstance(one, str) for one in value):
        raise BadAnswer("other_schema")
    if not set(value) <= set(prompt.span_ids):
        raise BadAnswer("unknown_span")
    return tuple(dict.fromkeys(prompt.span_ids.index(one) for one in value))


def _note(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_NOTE:
        raise BadAnswer("other_schema")
    return plain(value)
