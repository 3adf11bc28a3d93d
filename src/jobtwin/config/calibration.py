"""The rule of calibration from the environment: on or off, and its numbers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from jobtwin.core.errors import BadInput
from jobtwin.core.gold import DEFAULT_POLICY, CalibrationPolicy

READERS: dict[str, Callable[[str], object]] = {
    "floor": Decimal,
    "tolerance": Decimal,
    "least_items": int,
    "least_submissions": int,
    "control_share": Decimal,
    "window_submissions": int,
    "window": lambda text: timedelta(days=int(text)),
}
"""Fields of `core.gold.CalibrationPolicy`; `window` is in days."""


def calibration_policy(values: Mapping[str, str]) -> CalibrationPolicy | None:
    """The rule with the numbers that were set, None where it is off. Raises BadInput."""
    chosen = values.get("JOBTWIN_CALIBRATION") or "required"
    if chosen not in ("required", "off"):
        raise BadInput(f"JOBTWIN_CALIBRATION is required or off, not {chosen!r}")
    given: dict[str, object] = {}
    for name, read in READERS.items():
        text = values.get(f"JOBTWIN_CALIBRATION_{name.upper()}")
        try:
            given |= {name: read(text)} if text else {}
        except (ValueError, ArithmeticError) as error:
            raise BadInput(f"JOBTWIN_CALIBRATION_{name.upper()} is no number: {text!r}") from error
    policy = replace(DEFAULT_POLICY, **given)  # type: ignore[arg-type]  # each read by its own reader
    return policy if chosen == "required" else None
