"""Appeals: once, within the period, and what two new marks give."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.appeal import appeal_until, require_appealable, resolve_appeal
from jobtwin.core.decision import Route
from jobtwin.core.errors import Conflict, TooLate
from jobtwin.core.mark import passes, weighted_average
from tests.exams import any_scores, scores_for, small_brief

BRIEF = small_brief()
SHOWN = datetime(2026, 11, 1, 9, tzinfo=UTC)
SCORES = any_scores(BRIEF)


def test_a_result_is_appealed_once_within_fourteen_days() -> None:
    until = appeal_until(BRIEF, SHOWN)
    assert until == SHOWN + timedelta(days=14)
    require_appealable(BRIEF, SHOWN, appealed=False, now=until - timedelta(microseconds=1))
    with pytest.raises(TooLate):
        require_appealable(BRIEF, SHOWN, appealed=False, now=until)
    with pytest.raises(Conflict):
        require_appealable(BRIEF, SHOWN, appealed=True, now=SHOWN)


@pytest.mark.parametrize(
    ("former", "first", "second", "overall"),
    [
        ("0.60", "0.80", "0.90", "0.85"),
        ("0.90", "0.60", "0.60", "0.60"),
        ("0.75", "0.60", "0.90", "0.75"),
        ("0.50", "0.70", "0.80", "0.70"),
    ],
)
def test_two_who_agree_replace_it_and_two_who_do_not_let_the_former_score_speak(
    former: str, first: str, second: str, overall: str
) -> None:
    found = resolve_appeal(BRIEF, *(scores_for(BRIEF, one) for one in (former, first, second)))
    assert found.route is Route.APPEAL
    assert found.overall == Decimal(overall)


@given(SCORES, SCORES, SCORES)
def test_an_outcome_lies_between_what_was_said_whoever_spoke_first(
    former: dict[str, Decimal], first: dict[str, Decimal], second: dict[str, Decimal]
) -> None:
    found = resolve_appeal(BRIEF, former, first, second)
    assert found == resolve_appeal(BRIEF, former, second, first)
    for one, score in found.scores.items():
        said = (former[one], first[one], second[one])
        assert min(said) <= score <= max(said)
    assert found.overall == weighted_average(BRIEF, found.scores)
    assert found.passed == passes(BRIEF, found.scores)


@given(st.integers(0, 365))
def test_the_period_is_the_briefs(days: int) -> None:
    from jobtwin.core.brief import parse_brief
    from tests.exams import brief_document

    brief = parse_brief(brief_document(marking={"appeal_days": days}))
    assert appeal_until(brief, SHOWN) == SHOWN + timedelta(days=days)
