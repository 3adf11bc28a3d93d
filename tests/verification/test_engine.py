"""Limits speak plainly and refuse nonsense."""

import pytest

from jobtwin.core.check import Verdict, verdict_of
from jobtwin.verification.engine import MIB, REASON_OF_LIMIT, Limit, Limits, Usage


@pytest.mark.parametrize("limit", list(Limit))
def test_every_limit_has_a_message_that_names_its_setting(limit: Limit) -> None:
    assert f"limit {limit.value}" in Limits().message(limit)


@pytest.mark.parametrize("limit", list(Limit))
def test_every_limit_refutes_when_it_is_met(limit: Limit) -> None:
    assert verdict_of(REASON_OF_LIMIT[limit]) is Verdict.REFUTED


def test_amounts_are_told_in_units_that_people_read() -> None:
    limits = Limits(memory_bytes=256 * MIB, disk_bytes=64 * MIB, wall_seconds=2.5)

    assert "256 MiB" in limits.message(Limit.MEMORY)
    assert "2.5 s" in limits.message(Limit.WALL)


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="processes"):
        Limits(processes=0)


def test_more_disk_than_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="lie in memory"):
        Limits(memory_bytes=MIB, disk_bytes=2 * MIB)


def test_usage_leaves_out_what_was_not_measured() -> None:
    assert Usage(wall_seconds=1.23456, memory_bytes=7).as_json() == {"wall_seconds": 1.235, "memory_bytes": 7}
