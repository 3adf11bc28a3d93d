"""Only one exact form is an answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.draft_review import Finding
from jobtwin.review.model.answer import BadAnswer, parse_answer
from jobtwin.review.model.prompt import Prompt

PROMPT = Prompt("design.user", "do", "text", ("s-a", "s-b"))
GOOD = {"criterion_id": "design.user", "verdict": "met", "span_ids": ["s-b"], "note": "Line 4 shows it."}

BAD: dict[str, tuple[str, str]] = {
    "empty": ("", "malformed"),
    "prose": ("The criterion is met.", "malformed"),
    "cut off": (json.dumps(GOOD)[:-3], "malformed"),
    "fenced": (f"```json\n{json.dumps(GOOD)}\n```", "malformed"),
    "with words around": (f"Sure! {json.dumps(GOOD)}", "malformed"),
    "two objects": (json.dumps(GOOD) * 2, "malformed"),
    "a key twice": (json.dumps(GOOD)[:-1] + ', "verdict": "met"}', "malformed"),
    "not a number": (json.dumps(GOOD).replace('"met"', "NaN"), "malformed"),
    "nested deeply": ("[" * 3900, "malformed"),
    "too long": (json.dumps({**GOOD, "note": "a" * 5000}), "oversized"),
    "a list": (json.dumps([GOOD]), "other_schema"),
    "an extra key": (json.dumps({**GOOD, "score": 1.0}), "other_schema"),
    "a missing key": (json.dumps({k: v for k, v in GOOD.items() if k != "note"}), "other_schema"),
    "another criterion": (json.dumps({**GOOD, "criterion_id": "polish.story"}), "other_criterion"),
    "a criterion that is a list": (json.dumps({**GOOD, "criterion_id": ["design.user"]}), "other_criterion"),
    "another verdict": (json.dumps({**GOOD, "verdict": "excellent"}), "other_schema"),
    "another case": (json.dumps({**GOOD, "verdict": "MET"}), "other_schema"),
    "a verdict that is a list": (json.dumps({**GOOD, "verdict": ["met"]}), "other_schema"),
    "an unknown span": (json.dumps({**GOOD, "span_ids": ["s-b", "s-c"]}), "unknown_span"),
    "a path as a span": (json.dumps({**GOOD, "span_ids": ["README.md:1-4"]}), "unknown_span"),
    "a number as a span": (json.dumps({**GOOD, "span_ids": [0]}), "other_schema"),
    "six spans": (json.dumps({**GOOD, "span_ids": ["s-a"] * 6}), "other_schema"),
    "spans as text": (json.dumps({**GOOD, "span_ids": "s-a"}), "other_schema"),
    "a long note": (json.dumps({**GOOD, "note": "a" * 301}), "other_schema"),
    "a note that is an object": (json.dumps({**GOOD, "note": {"a": 1}}), "other_schema"),
}


def test_the_exact_form_is_an_answer() -> None:
    found = parse_answer(f" {json.dumps(GOOD)}\n", PROMPT, most_chars=4000)
    assert (found.verdict, found.spans, found.note) == (Finding.MET, (1,), "Line 4 shows it.")


@pytest.mark.parametrize("case", BAD)
def test_anything_else_is_refused_with_a_reason(case: str) -> None:
    text, reason = BAD[case]
    with pytest.raises(BadAnswer) as refused:
        parse_answer(text, PROMPT, most_chars=4000)
    assert refused.value.reason == reason


def test_a_note_is_one_line_without_hidden_characters_or_lone_surrogates() -> None:
    note = "a\u202eb\n\x1b[31mred\\ud800 \u200bend"
    text = json.dumps(GOOD).replace(
        "Line 4 shows it.", json.dumps(note)[1:-1].replace("\\\\ud800", "\\ud800")
    )
    assert parse_answer(text, PROMPT, most_chars=4000).note == "a b [31mred end"


@given(st.text(max_size=300))
def test_no_text_makes_the_parser_fail_in_another_way(text: str) -> None:
    with pytest.raises(BadAnswer):
        parse_answer(text, PROMPT, most_chars=4000)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
    st.sampled_from(sorted(GOOD)),
)
def test_a_value_of_any_kind_in_any_place_is_an_answer_or_is_refused(value: object, key: str) -> None:
    try:
        found = parse_answer(json.dumps({**GOOD, key: value}), PROMPT, most_chars=4000)
    except BadAnswer:
        return
    assert set(found.spans) <= {0, 1}
    assert len(found.note) <= 300
