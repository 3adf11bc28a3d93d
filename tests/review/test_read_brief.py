"""Briefs from YAML: every problem with its line, no bombs, no silent surprises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadBrief, NotFound
from jobtwin.source.brief import BriefLimits, built_in_brief, built_in_ids, read_brief

SMALL = """id: small
version: 1
title: Small
kind: capstone
scenario: One page
deliverables:
  - {id: repo, title: Repository, text: Code}
time_box_hours: 24
submission_modes: [repo_url]
rubric:
  pass_mark: "0.75"
  dimensions:
    - id: all
      title: All
      weight: "1"
      tests: Everything
      criteria:
        - {id: all.done, text: Something was done at all, evidence: prose}
self_checks: []
skills: [{id: a.skill, title: A skill, ceiling: "1"}]
"""


def problems(text: str | bytes) -> str:
    with pytest.raises(BadBrief) as caught:
        read_brief(text, name="brief.yaml")
    assert caught.value.problems
    return " | ".join(caught.value.problems)


def test_reads_a_brief_from_text_and_from_bytes() -> None:
    assert read_brief(SMALL, name="x").digest == read_brief(SMALL.encode(), name="x").digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('weight: "1"', "weight: 1.0", "line 15: rubric.dimensions.0.weight: write a decimal in quotes"),
        (
            'weight: "1"',
            'weight: "0.9"',
            "line 12: rubric.dimensions: the weights of the dimensions sum to 0.9, not 1",
        ),
        ("version: 1", "version: one", "line 2: version:"),
        ("title: Small", "title: Small\ntitle: Smaller", "line 4: title: the key stands twice"),
        ("kind: capstone", "kind: &a capstone", "line 4: anchors and aliases"),
        ("kind: capstone", "kind: !!python/name:os.system x", "line 4: kind: write it in quotes"),
        ("kind: capstone", "kind: 2026-01-01", "line 4: kind: write it in quotes"),
        ("kind: capstone", "kind: capstone\nsurprise: 1", "line 5: surprise: is no key here"),
        ("evidence: prose}", "evidence: probe}", "line 18: rubric.dimensions.0.criteria.0: `probes` stand"),
        ("self_checks: []", "self_checks: [", "line 21: not YAML"),
        ("scenario: One page", "[scenario]: One page", "a key must be plain text"),
    ],
)
def test_names_the_line_of_a_problem(old: str, new: str, said: str) -> None:
    assert said in problems(SMALL.replace(old, new))


def test_a_bad_pattern_in_a_probe_is_named_with_its_line() -> None:
    probe = "evidence: probe, probes: [{kind: text, paths: [a], patterns: ['(']}]}"
    assert "line 18: rubric.dimensions.0.criteria.0.probes.0.text.patterns.0: not a regular" in problems(
        SMALL.replace("evidence: prose}", probe)
    )


def test_refuses_what_is_too_large_too_deep_or_not_text() -> None:
    assert "larger than" in problems("#" * (BriefLimits().max_bytes + 1))
    assert "nested deeper" in problems("a: " + "[" * 1000)
    assert "values" in problems("a: [" + "1," * 30_000 + "]")
    assert "line 2: not UTF-8" in problems(b"a: 1\nb: \xff\n")
    assert "empty" in problems("")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_brief_or_a_bad_brief(content: bytes) -> None:
    with pytest.raises(BadBrief):
        read_brief(content, name="anything")


def test_an_unknown_built_in_brief_names_the_known_ones() -> None:
    assert "capstone" in built_in_ids()
    with pytest.raises(NotFound, match="capstone"):
        built_in_brief("capstones")
