"""Briefs as data."""

import copy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.brief import brief_schema, parse_brief
from jobtwin.core.decision import disagreement
from jobtwin.core.errors import BadBrief
from jobtwin.source.brief import built_in_brief, built_in_ids
from tests.exams import brief_document, dimension, scores_for, small_brief


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
        ({"self_checks": []}, "no F1"),
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


def test_a_field_that_came_later_changes_no_digest_while_it_stands_at_its_default() -> None:
    """The digest that the first version of the schema gave; a published brief keeps it for ever."""
    first = "sha256:260ddf5be16ec16edb7cb4b87c7ad72a36a949cf508750f400e740cedfd39b13"
    assert small_brief().digest == first
    said = brief_document(rehearsals=0, windows=[], at_deadline={}, extensions={"max_percent": 100})
    assert parse_brief(said).digest == first
    assert parse_brief(brief_document(rehearsals=1)).digest != first


def test_windows_are_the_time_box() -> None:
    window = {"id": "live", "title": "Live", "minutes": 90, "text": "Mend it."}
    windows = [window, window | {"id": "after", "minutes": 240}]
    brief = parse_brief(brief_document(time_box_hours=None, windows=windows))
    assert brief.time_box == timedelta(hours=5, minutes=30)
    assert parse_brief(brief.as_json()) == brief


def test_a_dimension_may_have_a_tolerance_of_its_own() -> None:
    own = dimension("one", "0.5") | {"tolerance": "0.20"}
    rubric = {"pass_mark": "0.75", "dimensions": [own, dimension("two", "0.5")]}
    brief = parse_brief(brief_document(rubric=rubric))
    first, second = brief.rubric.dimensions
    assert (brief.rubric.tolerance_of(first), brief.rubric.tolerance_of(second)) == (
        Decimal("0.20"),
        Decimal("0.10"),
    )
    apart = disagreement(brief, scores_for(brief, "0.80"), scores_for(brief, "0.95"))
    assert apart.dimensions == ("two",)


LEVELS = [
    {"id": "a", "title": "Thin", "least": "0.00"},
    {"id": "b", "title": "Sound", "least": "0.60"},
    {"id": "c", "title": "Strong", "least": "0.90"},
]


def test_a_dimension_may_publish_levels() -> None:
    own = dimension("one", "0.5") | {"levels": LEVELS}
    rubric = {"pass_mark": "0.75", "dimensions": [own, dimension("two", "0.5")]}
    first, second = parse_brief(brief_document(rubric=rubric)).rubric.dimensions
    reached = [first.level_of(Decimal(score)) for score in ("0", "0.599", "0.60", "0.90", "1")]
    assert [one.title for one in reached if one] == ["Thin", "Thin", "Sound", "Strong", "Strong"]
    assert second.level_of(Decimal(1)) is None


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        (LEVELS[1:], 'the lowest level begins at "0.00"'),
        ([LEVELS[0], LEVELS[2], LEVELS[1]], "must be above 0.90"),
        ([LEVELS[0], LEVELS[1] | {"id": "a"}], "the level `a` stands twice"),
    ],
)
def test_levels_that_no_score_or_two_could_reach_are_refused(levels: object, words: str) -> None:
    rubric = {"pass_mark": "0.75", "dimensions": [dimension("one", "1") | {"levels": levels}]}
    with pytest.raises(BadBrief) as refused:
        parse_brief(brief_document(rubric=rubric))
    assert words in " ".join(refused.value.problems)


def test_the_published_schema_takes_the_built_in_briefs_and_refuses_a_float() -> None:
    validator = jsonschema.Draft202012Validator(brief_schema())
    validator.check_schema(brief_schema())
    for brief_id in built_in_ids():
        validator.validate(built_in_brief(brief_id).as_json())
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(brief_document(rubric={"pass_mark": 0.75, "dimensions": [dimension("one", "1")]}))
