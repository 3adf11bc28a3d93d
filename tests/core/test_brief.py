"""Briefs as data."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.brief import parse_brief
from jobtwin.core.errors import BadBrief
from tests.exams import brief_document, dimension, small_brief


def test_a_brief_survives_its_own_json() -> None:
    brief = small_brief()
    assert parse_brief(brief.as_json()) == brief
    assert parse_brief(brief.as_json()).digest == brief.digest


@given(st.integers(1, 99))
def test_weights_that_do_not_sum_to_one_are_refused(hundredths: int) -> None:
    weight = Decimal(hundredths) / 100
    rubric = {"pass_mark": "0.75", "dimensions": [dimension("one", "0.5"), dimension("two", str(weight))]}
    if weight == Decimal("0.5"):
        assert parse_brief(brief_document(rubric=rubric))
    else:
        with pytest.raises(BadBrief) as refused:
            parse_brief(brief_document(rubric=rubric))
        assert "sum to" in refused.value.problems[0]


def test_a_float_weight_is_refused_because_it_is_not_exact() -> None:
    rubric: dict[str, Any] = {"pass_mark": 0.75, "dimensions": [dimension("one", "1")]}
    with pytest.raises(BadBrief) as refused:
        parse_brief(brief_document(rubric=rubric))
    assert "in quotes" in refused.value.problems[0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"surprise": 1}, "surprise"),
        ({"time_box_hours": 0}, "time_box_hours"),
        ({"submission_modes": []}, "submission_modes"),
        ({"self_checks": [{"id": "F1", "question": "?", "kind": "critical"}] * 2}, "twice"),
        ({"skills": [{"id": "a", "title": "A", "ceiling": "1.01"}]}, "ceiling"),
        ({"self_checks": []}, "unknown check F1"),
    ],
)
def test_each_broken_rule_is_named(change: dict[str, object], says: str) -> None:
    with pytest.raises(BadBrief) as refused:
        parse_brief(brief_document(**change))
    assert any(says in problem for problem in refused.value.problems)


def test_the_digest_changes_with_any_change_of_content() -> None:
    document = copy.deepcopy(brief_document())
    document["scenario"] = "Build something small!"
    assert parse_brief(document).digest != small_brief().digest
