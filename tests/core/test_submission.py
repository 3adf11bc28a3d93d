"""What blocks a submission, and what never does."""

import pytest

from jobtwin.core.errors import BadInput, Refused
from jobtwin.core.submission import Answer, parse_answers, require_submittable
from tests.exams import small_brief

BRIEF = small_brief()
YES, NO = Answer.YES, Answer.NO


def test_a_critical_no_blocks_and_says_which() -> None:
    with pytest.raises(Refused, match="F1") as refused:
        require_submittable(BRIEF, {"F1": NO, "F3": YES}, force=False)
    assert refused.value.code == "critical_no"


def test_force_opens_a_critical_no_and_is_remembered() -> None:
    assert require_submittable(BRIEF, {"F1": NO, "F3": YES}, force=True) is True


def test_force_without_need_sets_no_flag() -> None:
    assert require_submittable(BRIEF, {"F1": YES, "F3": NO}, force=True) is False


def test_a_reflective_no_never_blocks() -> None:
    assert require_submittable(BRIEF, {"F1": YES, "F3": NO}, force=False) is False


def test_every_self_check_must_be_answered() -> None:
    with pytest.raises(Refused, match="F3"):
        require_submittable(BRIEF, {"F1": YES}, force=True)


@pytest.mark.parametrize("raw", [{"F9": "yes"}, {"F1": "maybe"}])
def test_unknown_checks_and_words_are_refused(raw: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        parse_answers(BRIEF, raw)
