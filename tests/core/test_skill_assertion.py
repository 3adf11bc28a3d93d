"""Skills are asserted within their ceilings."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadInput
from jobtwin.core.skill_assertion import parse_assertions
from tests.exams import small_brief

BRIEF = small_brief()


@given(st.decimals(-1, 2, places=3))
def test_no_weight_above_its_ceiling_or_off_the_hundredths_is_asserted(weight: Decimal) -> None:
    allowed = 0 < weight <= Decimal("0.90") and weight == round(weight, 2)
    if allowed:
        (assertion,) = parse_assertions(BRIEF, {"safety.review": weight})
        assert assertion.weight == weight
    else:
        with pytest.raises(BadInput):
            parse_assertions(BRIEF, {"safety.review": weight})


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "", "much", "1e400"])
def test_what_is_no_weight_is_refused(raw: str) -> None:
    with pytest.raises(BadInput):
        parse_assertions(BRIEF, {"ops.design": raw})


def test_a_skill_that_the_brief_does_not_offer_is_refused() -> None:
    with pytest.raises(BadInput, match="magic"):
        parse_assertions(BRIEF, {"magic": "0.5"})
