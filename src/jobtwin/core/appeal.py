"""Appeals: once, within a period, marked anew by two mentors who did not mark; may raise or lower."""

from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from jobtwin.core.brief import Brief
from jobtwin.core.decision import Decision, Route, disagreement
from jobtwin.core.errors import Conflict, TooLate
from jobtwin.core.mark import Scores, passes, weighted_average

APPEAL_SEATS = (4, 5)
"""Where the two mentors of an appeal sit; the first three seats are those of the exam."""


def appeal_until(brief: Brief, shown_at: datetime) -> datetime:
    """Until when a result can be appealed: the brief's days after it was shown."""
    return shown_at + timedelta(days=brief.marking.appeal_days)


def require_appealable(brief: Brief, shown_at: datetime, *, appealed: bool, now: datetime) -> None:
    """Raises Conflict for a second appeal, TooLate from the end of the period on."""
    if appealed:
        raise Conflict("a result is appealed once; this one was")
    if now >= appeal_until(brief, shown_at):
        raise TooLate("the time to appeal has passed")


def resolve_appeal(brief: Brief, former: Scores, first: Scores, second: Scores) -> Decision:
    """The exact mean of the two new marks; where they are apart, the median of both and the former score."""
    if not disagreement(brief, first, second):
        scores: dict[str, Decimal] = {
            one.id: (first[one.id] + second[one.id]) / 2 for one in brief.rubric.dimensions
        }
    else:
        scores = {
            one.id: median((former[one.id], first[one.id], second[one.id])) for one in brief.rubric.dimensions
        }
    return Decision(Route.APPEAL, scores, weighted_average(brief, scores), passes(brief, scores))
