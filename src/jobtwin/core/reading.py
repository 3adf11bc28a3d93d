"""Readings: what a mentor says of a draft's verdict on a criterion.

The mentor accepts it, changes it to another verdict, or rejects it: what it cites does not bear on the
criterion. Readings move no score; the drafts are judged by them.
"""

from collections.abc import Mapping
from enum import StrEnum

from jobtwin.core.draft_review import Finding
from jobtwin.core.errors import BadInput


class Reading(StrEnum):
    """What a mentor says: the verdict stands, it should be another one, or its evidence is of no use."""

    ACCEPT = "accept"
    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"
    REJECT = "reject"


def choices(drafted: Finding) -> tuple[Reading, ...]:
    """What can be said of a drafted verdict: to change it to itself is to accept it."""
    return tuple(one for one in Reading if one.value != drafted.value)


def parse_readings(drafted: Mapping[str, Finding], raw: Mapping[str, str]) -> dict[str, Reading]:
    """Readings by criterion; an empty text is none. Raises BadInput for anything that was not drafted."""
    found = {}
    for criterion, text in raw.items():
        if text == "":
            continue
        if criterion not in drafted:
            raise BadInput(f"the draft says nothing of a criterion {criterion[:80]!r}")
        if text not in list(Reading):
            raise BadInput(f"a reading is one of {', '.join(Reading)}: {text[:20]!r}")
        reading = Reading(text)
        found[criterion] = Reading.ACCEPT if reading.value == drafted[criterion].value else reading
    return found
