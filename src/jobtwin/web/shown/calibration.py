"""Where mentors stand, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from jobtwin.core.calibration import CalibrationStatus, Cause, DriftWindow, Rotation
from jobtwin.core.gold import CalibrationPolicy
from jobtwin.core.statistic import Estimate
from jobtwin.store.models import Person
from jobtwin.web.shown.agreement import signed
from jobtwin.web.shown.chart import LineChart, line_chart, words_of
from jobtwin.web.shown.time import day

CAUSES = {
    Cause.NEVER_CALIBRATED: gettext_noop("no finished calibration yet"),
    Cause.CALIBRATED: gettext_noop("calibrated"),
    Cause.BELOW_FLOOR: gettext_noop("below the floor in the last calibration"),
    Cause.DRIFTED: gettext_noop("control submissions drifted below the floor"),
}
ROTATIONS = {
    Rotation.IN: gettext_noop("in rotation"),
    Rotation.OUT: gettext_noop("out of rotation"),
    Rotation.RECALIBRATING: gettext_noop("out, with a calibration open"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One mentor at one brief."""

    mentor: Person
    rotation: str
    is_in: bool
    cause: str
    since: datetime | None
    kappa: str
    bias: str
    submissions: int
    drift: LineChart | None
    windows: list[tuple[datetime, str, int]]


def standing(
    mentor: Person, status: CalibrationStatus, drifting: tuple[DriftWindow, ...], policy: CalibrationPolicy
) -> Standing:
    """A status with its drift; a chart needs two windows whose value is shown: few items show chance."""
    shown = [(one.end, one.judgement.shown) for one in drifting]
    values = [(day(end), found.value) for end, found in shown if isinstance(found, Estimate)]
    floor = (f"≥ {policy.floor:.2f}", float(policy.floor))
    title = gettext("Kappa of control submissions over time")
    chart = line_chart(title, values, ends=(-1, 1), mark=floor)
    found = status.judgement
    return Standing(
        mentor,
        ROTATIONS[status.rotation],
        status.rotation is Rotation.IN,
        CAUSES[status.cause],
        status.since,
        words_of(found.shown) if found else "",
        signed(float(found.bias)) if found else "",
        found.submissions if found else 0,
        chart if len(values) > 1 else None,
        [(one.end, words_of(one.judgement.shown), one.judgement.submissions) for one in drifting],
    )
