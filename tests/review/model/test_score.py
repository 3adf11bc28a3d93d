"""Whatever a model decides, scores stay inside the bounds of code."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.draft_review import CriterionReview, DraftReview, Finding, review_brief
from jobtwin.review.model.score import with_verdicts
from tests.review.model.fakes import BRIEF, CHECKED

FINDINGS = st.sampled_from(list(Finding))
IDS = [criterion.id for criterion in BRIEF.criteria()]
SOME = st.dictionaries(st.sampled_from(IDS), FINDINGS)


def reviewed(verdicts: dict[str, Finding]) -> dict[str, CriterionReview]:
    return {name: CriterionReview(name, verdict) for name, verdict in verdicts.items()}


def by_code(verdicts: dict[str, Finding]) -> DraftReview:
    return DraftReview("s", "c" * 40, BRIEF.id, "none", review_brief(BRIEF, reviewed(verdicts)))


@given(SOME, SOME)
def test_no_verdicts_of_a_model_move_a_bound_or_a_verdict_of_code(
    code: dict[str, Finding], model: dict[str, Finding]
) -> None:
    before = by_code(code)
    after = with_verdicts(before, BRIEF, reviewed(model))
    for old, new in zip(before.dimensions, after.dimensions, strict=True):
        assert (old.lower, old.upper) == (new.lower, new.upper)
        assert old.lower <= new.score <= old.upper
        assert new.score % Decimal("0.05") == 0
        for mine, other in zip(new.criteria, old.criteria, strict=True):
            if other.verdict is not Finding.UNCLEAR or other.id in CHECKED:
                assert mine is other


@given(SOME)
def test_prose_adds_a_quarter_at_most_even_where_other_room_is_left(code: dict[str, Finding]) -> None:
    before = by_code(code)
    prose = {c.id: Finding.MET for c in BRIEF.criteria() if c.evidence == "prose"}
    after = with_verdicts(before, BRIEF, reviewed(prose))
    for old, new in zip(before.dimensions, after.dimensions, strict=True):
        assert new.score - old.score <= Decimal("0.30")
        assert new.score <= old.upper


@given(SOME, SOME)
def test_more_met_never_means_less(code: dict[str, Finding], model: dict[str, Finding]) -> None:
    before = by_code(code)
    some = with_verdicts(before, BRIEF, reviewed(model))
    more = with_verdicts(before, BRIEF, reviewed(dict.fromkeys(IDS, Finding.MET)))
    for old, less, new in zip(before.dimensions, some.dimensions, more.dimensions, strict=True):
        assert old.score <= less.score <= new.score
