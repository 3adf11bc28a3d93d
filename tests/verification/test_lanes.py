"""Checks at the same time: nothing waits that need not, and a listener never hears two threads."""

import threading
from pathlib import Path

import pytest

from jobtwin.core.check import CheckResult, Reason
from jobtwin.verification.events import Event, OnEvent
from jobtwin.verification.f2.settings import MIB
from jobtwin.verification.lanes import SPARE_BYTES, free_memory, in_lanes, may_overlap
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.shared import Shared

ENOUGH = SPARE_BYTES + (2048 + 4096) * MIB


def test_lanes_run_at_once_and_are_heard_in_the_callers_thread() -> None:
    both = threading.Barrier(2, timeout=10)
    heard: list[tuple[str, int]] = []

    def run(check_id: str, tell: OnEvent) -> CheckResult:
        if check_id in {"F1", "F2"}:
            both.wait()  # would break if one lane waited for the other
        tell(Event(check_id, "phase", "start"))
        return CheckResult(check_id, Reason.OK, "")

    results = in_lanes(
        [["F1", "F3"], ["F2"]], run, lambda event: heard.append((event.check, threading.get_ident()))
    )

    assert set(results) == {"F1", "F2", "F3"}
    assert {one for one, _ in heard} == {"F1", "F2", "F3"}
    assert {thread for _, thread in heard} == {threading.get_ident()}


def test_one_lane_needs_no_thread() -> None:
    threads = []

    def run(check_id: str, _tell: OnEvent) -> CheckResult:
        threads.append(threading.get_ident())
        return CheckResult(check_id, Reason.OK, "")

    in_lanes([["F1", "F2"]], run, lambda _: None)

    assert threads == [threading.get_ident()] * 2


def test_a_listener_that_fails_is_told_once_every_lane_has_ended() -> None:
    ended: list[str] = []

    def run(check_id: str, tell: OnEvent) -> CheckResult:
        tell(Event(check_id, "phase", "start"))
        ended.append(check_id)
        return CheckResult(check_id, Reason.OK, "")

    def deaf(_event: Event) -> None:
        raise OSError("the database is gone")

    with pytest.raises(OSError, match="gone"):
        in_lanes([["F1"], ["F2"]], run, deaf)
    assert sorted(ended) == ["F1", "F2"]


@pytest.mark.parametrize(("free", "expected"), [(ENOUGH, True), (ENOUGH - 1, False), (0, False)])
def test_checks_overlap_only_where_both_fit_into_memory(tmp_path: Path, free: int, *, expected: bool) -> None:
    settings = VerificationSettings(cache=tmp_path, work=tmp_path)

    assert may_overlap(settings, available=free) is expected


def test_an_operator_can_have_them_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = VerificationSettings.from_environment({"JOBTWIN_OVERLAP": "0", "HOME": str(tmp_path)})
    assert not may_overlap(alone, available=ENOUGH)

    monkeypatch.setenv("JOBTWIN_CONTAINER_PROCESSES", "many")
    assert not may_overlap(VerificationSettings(cache=tmp_path, work=tmp_path), available=ENOUGH)


def test_free_memory_is_the_kernels_word(tmp_path: Path) -> None:
    table = tmp_path / "meminfo"
    table.write_text("MemTotal:  9 kB\nMemAvailable:   1024 kB\n")

    assert free_memory(table) == MIB
    assert free_memory(tmp_path / "none") == 0


def test_what_is_shared_is_made_once_and_closed_at_the_end(tmp_path: Path) -> None:
    made: list[int] = []
    closed: list[str] = []

    def make() -> int:
        made.append(1)
        return len(made)

    with Shared(tmp_path) as shared:
        assert not shared.knows("x")
        assert (shared.once("x", make), shared.once("x", make)) == (1, 1)
        shared.keep(lambda: closed.append("x"))
        assert shared.knows("x")
        assert closed == []
    assert closed == ["x"]


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    def fail() -> int:
        raise OSError("no room")

    with Shared(tmp_path) as shared:
        with pytest.raises(OSError, match="no room"):
            shared.once("x", fail)
        assert shared.once("x", lambda: 2) == 2
