"""The record of a marking: every step with who, when and why, for those who may see all marks."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from jobtwin.store.models import Decision, Mark

SEATS = {
    1: gettext_noop("first mentor"),
    2: gettext_noop("second mentor"),
    3: gettext_noop("third mentor"),
}
ROUTES = {
    "mean": gettext_noop("The marks agreed: their exact mean decides."),
    "discussed": gettext_noop(
        "The marks agreed after the discussion: the exact mean of what both stood by decides."
    ),
    "median_of_three": gettext_noop("The marks stayed apart: the median of three decides."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when, who, what was done, and why (empty where no reason belongs to it)."""

    at: datetime
    who: str
    what: str
    why: str = ""


def record_of(marks: list[Mark], decision: Decision | None) -> list[Step]:
    """The steps of sealed marks and of their decision in the order of time."""
    steps = [step for mark in marks for step in _of_mark(mark)]
    if decision is not None:
        steps.append(
            Step(
                decision.reconciled_at,
                gettext_noop("The platform"),
                gettext_noop("reconciled"),
                ROUTES[decision.route],
            )
        )
        if decision.signed_at is not None and decision.signed_by is not None:
            words = gettext_noop("signed: pass") if decision.passed else gettext_noop("signed: no pass")
            steps.append(Step(decision.signed_at, str(decision.signed_by), words))
    return sorted(steps, key=lambda one: one.at)


def _of_mark(mark: Mark) -> list[Step]:
    who = f"{mark.mentor}, {gettext(SEATS[mark.seat])}"
    steps = [
        Step(mark.claimed_at, who, gettext_noop("claimed"), gettext_noop("Declared no conflict of interest."))
    ]
    if mark.first_passed_at is not None:
        steps.append(
            Step(mark.first_passed_at, who, gettext_noop("kept the first pass and was shown the draft"))
        )
    if mark.sealed_at is not None:
        steps.append(Step(mark.sealed_at, who, gettext_noop("sealed")))
    if hasattr(mark, "revision"):
        changed = mark.revision.scores != mark.scores
        what = (
            gettext_noop("changed scores after the discussion")
            if changed
            else gettext_noop("stood by the scores after the discussion")
        )
        steps.append(Step(mark.revision.revised_at, who, what, mark.revision.reason))
    return steps
