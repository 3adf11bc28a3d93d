"""Submissions: self-check answers, and what lets a learner submit."""

from collections.abc import Mapping
from enum import StrEnum

from jobtwin.core.brief import Brief
from jobtwin.core.errors import BadInput, Refused


class Answer(StrEnum):
    """A learner's answer to a self-check."""

    YES = "yes"
    NO = "no"


def parse_answers(brief: Brief, raw: Mapping[str, str]) -> dict[str, Answer]:
    """Answers by self-check id; unanswered ones are left out. Raises BadInput for unknown ids or words."""
    known = {check.id for check in brief.self_checks}
    unknown = sorted(set(raw) - known)
    if unknown:
        raise BadInput(f"unknown self-check: {', '.join(unknown)}")
    try:
        return {check: Answer(word) for check, word in raw.items()}
    except ValueError as error:
        raise BadInput("a self-check is answered with yes or no") from error


def blocking_checks(brief: Brief, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The critical self-checks that the learner answered "no"; only these block, and force opens them."""
    return tuple(
        check.id
        for check in brief.self_checks
        if check.kind == "critical" and answers.get(check.id) is Answer.NO
    )


def require_submittable(brief: Brief, answers: Mapping[str, Answer], *, force: bool) -> bool:
    """True where the force flag was needed and given, so that the mentor is shown it.

    Raises Refused where a self-check is unanswered, or a critical one says "no" without force.
    """
    missing = [check.id for check in brief.self_checks if check.id not in answers]
    if missing:
        raise Refused(f"answer every self-check first: {', '.join(missing)}", code="unanswered")
    blocking = blocking_checks(brief, answers)
    if blocking and not force:
        raise Refused(
            f'{", ".join(blocking)} is critical and answered "no"; mend it, or submit with the force '
            "switch, which your mentors will see",
            code="critical_no",
        )
    return bool(blocking)
