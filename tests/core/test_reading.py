"""Readings: a mentor accepts, changes or rejects what a draft says of a criterion."""

import pytest

from jobtwin.core.draft_review import Finding
from jobtwin.core.errors import BadInput
from jobtwin.core.reading import Reading, choices, parse_readings

DRAFTED = {"quality.tests": Finding.MET, "quality.prose": Finding.UNCLEAR}


def test_a_verdict_is_accepted_changed_or_rejected() -> None:
    given = {"quality.tests": "not_met", "quality.prose": "reject"}
    assert parse_readings(DRAFTED, given) == given
    assert parse_readings(DRAFTED, {"quality.tests": "accept", "quality.prose": ""}) == {
        "quality.tests": Reading.ACCEPT
    }


def test_to_change_a_verdict_to_itself_is_to_accept_it() -> None:
    assert parse_readings(DRAFTED, {"quality.tests": "met"}) == {"quality.tests": Reading.ACCEPT}
    assert choices(Finding.MET) == (Reading.ACCEPT, Reading.NOT_MET, Reading.UNCLEAR, Reading.REJECT)


@pytest.mark.parametrize("given", [{"elsewhere": "accept"}, {"quality.tests": "0.80"}])
def test_what_was_not_drafted_or_is_no_reading_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        parse_readings(DRAFTED, given)
