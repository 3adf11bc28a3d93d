"""What other work used while a run went, from the kernel's counters."""

import os
from pathlib import Path

import pytest

from jobtwin.verification.busy import Busy, Wanting, look, others_share

SECOND = os.sysconf("SC_CLK_TCK")


def test_idle_time_and_waiting_for_disks_are_no_work(tmp_path: Path) -> None:
    ticks = [3 * SECOND, SECOND, 2 * SECOND, 100 * SECOND, 50 * SECOND, 0, SECOND, SECOND, 9 * SECOND]
    table = tmp_path / "stat"
    table.write_text(f"cpu  {' '.join(map(str, ticks))}\ncpu0 1\ncpu1 1\nintr 5\n")

    assert look(table, clock=lambda: 7.0) == Busy(8.0, 2, 7.0)
    assert look(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("used", "own", "share"),
    [(20.0, 2.0, 0.9), (20.0, 20.0, 0.0), (2.0, 5.0, 0.0), (50.0, 0.0, 1.0)],
)
def test_what_the_run_used_itself_is_never_anothers(used: float, own: float, share: float) -> None:
    assert others_share(Busy(100.0, 2, 0.0), Busy(100.0 + used, 2, 10.0), own) == share


def test_where_nothing_is_known_nothing_is_said() -> None:
    one = Busy(1.0, 2, 1.0)

    assert others_share(None, one, 1.0) is None
    assert others_share(one, None, 1.0) is None
    assert others_share(one, one, 1.0) is None
    assert others_share(one, Busy(2.0, 2, 3.0), None) is None


def test_any_thread_that_waits_for_a_processor_counts_and_sleep_does_not(tmp_path: Path) -> None:
    processes = tmp_path / "proc"
    stat = processes / "7" / "task" / "9" / "stat"
    stat.parent.mkdir(parents=True)
    moments = iter([0.0, 0.0, 0.05, 0.2, 0.4])
    wanting = Wanting(lambda: ["7", "8"], processes=processes, clock=lambda: next(moments))

    for state in ("R", "R", "S", "R"):  # the second look comes too early
        stat.write_text(f"9 (odd) name) {state} 1 2")
        wanting.look()

    assert wanting.share == round(2 / 3, 3)
    assert Wanting(list).share is None


def test_a_process_that_ended_between_two_looks_wants_nothing(tmp_path: Path) -> None:
    wanting = Wanting(lambda: ["7"], processes=tmp_path, clock=lambda: 1.0)

    wanting.look()

    assert wanting.share == 0.0
