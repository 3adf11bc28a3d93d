"""What would have changed an outcome, held against trying every score."""

from decimal import Decimal

from hypothesis import given

from jobtwin.core.mark import passes, weighted_average
from jobtwin.core.outcome import outcome_of
from tests.exams import STEPS, any_scores, scores_for, small_brief

BRIEF = small_brief()


@given(any_scores(BRIEF))
def test_the_needed_score_is_the_least_of_all_that_pass(scores: dict[str, Decimal]) -> None:
    outcome = outcome_of(BRIEF, scores)
    assert outcome.passed is passes(BRIEF, scores)
    assert outcome.distance == abs(BRIEF.rubric.pass_mark - weighted_average(BRIEF, scores))
    for lever in outcome.levers:
        passing = [step for step in STEPS if passes(BRIEF, scores | {lever.dimension: step})]
        assert lever.needed == (min(passing) if passing else None)


def test_a_mean_between_two_steps_counts_exactly() -> None:
    outcome = outcome_of(BRIEF, scores_for(BRIEF, "0.725"))
    assert (outcome.passed, outcome.distance) == (False, Decimal("0.025"))
    assert [lever.needed for lever in outcome.levers] == [Decimal("0.80"), Decimal("0.80")]
