"""`jobtwin brief lint`: ten planted mistakes, ten answers, each with its line and the fix."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from jobtwin.cli.main import jobtwin
from jobtwin.core.brief import parse_brief
from jobtwin.core.errors import BadBrief
from tests.exams import brief_document

PLANTED = """\
id: Small Exam
version: one
title: Small
kind: capstone
scenario: One page
deliverables:
  - {id: repo, title: Repository, text: Code}
time_box_hour: 24
submission_modes: [repo_url, archve]
rubric:
  pass_mark: 0.75
  dimensions:
    - id: all
      title: All
      weight: "0.6"
      tests: Everything
      criteria:
        - {id: all.done, text: Something was done at all, evidence: prose}
    - id: tests
      title: Tests
      weight: "0.3"
      tests: Tests
      criteria:
        - {id: all.done, text: The tests pass at once, evidence: check, check: F2}
self_checks:
  - {id: F1, question: Does it work?, kind: kritical}
skills: []
"""

ANSWERS = """\
line 1: id: `Small Exam` does not fit; an id is small letters, no spaces or capitals: write small_exam
line 1: time_box_hours: is missing; add `time_box_hours: 336`, or `windows` with minutes
line 2: version: `one` is no number; write a whole number
line 8: time_box_hour: is no key here; write `time_box_hours`
line 9: submission_modes.1: `archve` is not one of repo_url, archive; write archive
line 11: rubric.pass_mark: write a decimal in quotes, like "0.75": a float is not exact
line 12: rubric.dimensions: the weights of the dimensions sum to 0.9, not 1; add 0.1
line 24: rubric.dimensions.1.criteria.0.check: the self-checks have no F2; write one of F1
line 24: rubric.dimensions.1.criteria.0.id: the criterion `all.done` stands twice; give this one another id
line 26: self_checks.0.kind: `kritical` is not one of critical, reflective; write critical
line 27: skills: is empty; list at least 1
"""


def test_ten_planted_mistakes_get_ten_answers_in_the_order_of_lines(tmp_path: Path) -> None:
    """Eleven lines: one mistake, `time_box_hour`, is an unknown key and a missing one."""
    file = tmp_path / "planted.yaml"
    file.write_text(PLANTED)
    told = CliRunner().invoke(jobtwin, ["brief", "lint", str(file)])
    assert told.exit_code == 1
    answers = [line.strip() for line in told.stderr.splitlines()[1:]]
    assert sorted(answers) == sorted(ANSWERS.splitlines())
    lines = [int(answer.split(":")[0].removeprefix("line ")) for answer in answers]
    assert lines == sorted(lines)


WINDOW = {"id": "live", "title": "Live", "minutes": 90, "text": "Mend it."}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"windows": [WINDOW]},
            "time_box_hours: stands beside `windows`, whose minutes are the time-box; take",
        ),
        ({"time_box_hours": None}, "time_box_hours: is missing; add `time_box_hours: 336`, or `windows`"),
        (
            {"time_box_hours": None, "windows": [WINDOW, WINDOW]},
            "windows.1.id: the window `live` stands twice",
        ),
        (
            {"submission_modes": ["archive", "archive"]},
            "submission_modes.1: `archive` stands twice; take this",
        ),
        ({"re_attempts": "some"}, "re_attempts: `some` is not one of none; write one of them"),
        ({"re_attempts": 0}, "re_attempts: "),
        ({"rehearsals": 21}, "rehearsals: `21` is too large; write at most 20"),
        (
            {"at_deadline": {"last_draft": "submt"}},
            "at_deadline.last_draft: `submt` is not one of keep, submit; write submit",
        ),
        ({"extensions": {"kinds": ["illness"]}}, "extensions.kinds.0: `illness` is not one of accommodation"),
        ({"title": 3}, "title: is a number; write text, in quotes"),
        ({"rubric": []}, "rubric: is a list; write keys with values below it"),
    ],
)
def test_each_rule_says_what_to_write_instead(change: dict[str, object], says: str) -> None:
    with pytest.raises(BadBrief) as refused:
        parse_brief(brief_document(**change))
    assert any(problem.startswith(says) for problem in refused.value.problems), refused.value.problems


def test_evidence_by_a_check_that_nothing_verifies_is_refused() -> None:
    checks = [{"id": "F1", "question": "Is it good?", "kind": "critical", "verifies": "nothing"}]
    with pytest.raises(BadBrief) as refused:
        parse_brief(brief_document(self_checks=checks))
    assert "nothing is verified for F1" in refused.value.problems[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*brief_document(), "id", "dimensions", "weight", "check"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def _problems(document: object) -> tuple[str, ...]:
    try:
        parse_brief(document)
    except BadBrief as refused:
        return refused.problems or ("nothing is said",)
    return ()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(brief_document())), JSON, max_size=5))
def test_any_change_gives_a_brief_or_sentences(change: dict[str, object]) -> None:
    said = _problems(brief_document(**change))
    assert all(": " in problem for problem in said)
