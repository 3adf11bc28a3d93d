"""Settings come from named variables, and nonsense is told."""

import pytest

from jobtwin.core.errors import BadInput
from jobtwin.verification.engine import Limits
from jobtwin.verification.settings import AfterSettings, VerificationSettings, after_from, limits_from


def test_limits_come_from_variables_of_their_own_name() -> None:
    limits = limits_from({"JOBTWIN_LIMIT_WALL_SECONDS": "12.5", "JOBTWIN_LIMIT_PROCESSES": "9"})

    assert limits == Limits(wall_seconds=12.5, processes=9)


@pytest.mark.parametrize("value", ["many", "", "-1", "0"])
def test_a_limit_that_is_no_number_above_zero_is_told(value: str) -> None:
    with pytest.raises(BadInput, match=r"(?i)processes"):
        limits_from({"JOBTWIN_LIMIT_PROCESSES": value})


def test_folders_and_engine_come_from_the_environment() -> None:
    settings = VerificationSettings.from_environment(
        {"JOBTWIN_CACHE": "/srv/cache", "JOBTWIN_WORK": "/srv/work", "JOBTWIN_ENGINE": "bubblewrap"}
    )

    assert str(settings.environments.cache) == "/srv/cache/environments"
    assert str(settings.work) == "/srv/work"
    assert settings.engine == "bubblewrap"


def test_the_budget_after_the_verdict_is_set_by_name() -> None:
    settings = after_from({"JOBTWIN_AFTER_CPU_SECONDS": "2.5", "JOBTWIN_AFTER_FAULTS": "0"})

    assert settings == AfterSettings(cpu_seconds=2.5, faults=0)


@pytest.mark.parametrize("value", ["many", "-1", "inf", "nan"])
def test_a_budget_that_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="JOBTWIN_AFTER_CPU_SECONDS"):
        after_from({"JOBTWIN_AFTER_CPU_SECONDS": value})
