"""The rule of calibration from the environment."""

from datetime import timedelta
from decimal import Decimal

import pytest

from jobtwin.config.calibration import READERS, calibration_policy
from jobtwin.core.errors import BadInput
from jobtwin.core.gold import DEFAULT_POLICY, CalibrationPolicy


def test_every_number_of_the_rule_can_be_set() -> None:
    assert calibration_policy({}) == DEFAULT_POLICY
    assert set(READERS) == {*CalibrationPolicy.__dataclass_fields__}
    chosen = calibration_policy({"JOBTWIN_CALIBRATION_FLOOR": "0.60", "JOBTWIN_CALIBRATION_WINDOW": "90"})
    assert chosen is not None
    assert (chosen.floor, chosen.window) == (Decimal("0.60"), timedelta(days=90))
    assert calibration_policy({"JOBTWIN_CALIBRATION": "off"}) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("", "perhaps"), ("_FLOOR", "high"), ("_FLOOR", "2"), ("_LEAST_ITEMS", "3"), ("_WINDOW", "0")],
)
def test_a_number_that_cannot_be_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadInput):
        calibration_policy({f"JOBTWIN_CALIBRATION{name}": text})
