"""What a box tells of its phases, and what each of them used."""

import json
import os
import tempfile
from collections.abc import Iterator

import pytest

from jobtwin.verification.busy import Busy
from jobtwin.verification.events import Event, Progress
from jobtwin.verification.f2.inside.tell import Teller
from jobtwin.verification.f2.watching import Watching


@pytest.fixture
def channel() -> Iterator[int]:
    """A file stands in for the pipe, which holds no more than the kernel likes."""
    with tempfile.TemporaryFile() as file:
        yield file.fileno()


def told(channel: int) -> list[dict[str, str]]:
    return [json.loads(line) for line in os.pread(channel, 1 << 20, 0).splitlines()]


def test_a_log_is_told_once_a_second_and_its_end_with_the_phase(channel: int) -> None:
    now, log = [0.0], ["STEP 1"]
    teller = Teller(channel, clock=lambda: now[0])
    teller.phase("build", lambda: log[0])

    for moment, text in [
        (0.5, "STEP 1"),
        (1.0, "STEP 1"),
        (1.5, "STEP 2"),
        (2.5, "STEP 2"),
        (2.6, "done\n\n"),
    ]:
        now[0], log[0] = moment, text
        teller.look()
    teller.phase("start")

    lines = told(channel)
    assert lines == [
        {"phase": "build"},
        {"log": "STEP 1"},
        {"log": "STEP 2"},
        {"log": "done"},
        {"phase": "start"},
    ]


def test_what_is_told_of_a_log_is_bounded_and_holds_no_control_character(channel: int) -> None:
    now = [0.0]
    teller = Teller(channel, clock=lambda: now[0])
    teller.phase("build", lambda: f"{now[0]:09.1f}\x1b[2J\x00" + "x" * 5000)

    for moment in range(2000):
        now[0] = float(moment)
        teller.look()

    logs = [line["log"] for line in told(channel) if "log" in line]
    assert len(logs) == 500
    assert all(len(line) == 200 and line.isprintable() for line in logs)


class Machine:
    """A machine with two processors whose clock, counters and processes are set by hand."""

    def __init__(self) -> None:
        self.now, self.used, self.cpu = 0.0, 0.0, 0.0
        self.asked: list[bool] = []

    def busy(self) -> Busy:
        return Busy(self.used, 2, self.now)

    def members(self, whole: bool) -> list[str]:
        self.asked.append(whole)
        return []

    def after(self, seconds: float, *, own: float, others: float) -> None:
        self.now += seconds
        self.cpu += own
        self.used += own + others


def test_each_phase_has_its_events_and_its_own_share_of_the_machine() -> None:
    machine, events = Machine(), list[Event]()
    progress = Progress("F2", events.append, {}, clock=lambda: machine.now)
    watching = Watching(
        progress, machine.members, lambda: machine.cpu, busy=machine.busy, clock=lambda: machine.now
    )

    watching.hear(b'{"phase": "build"}\n{"log": "ST')
    machine.after(10.0, own=8.0, others=2.0)
    watching.look()
    watching.hear(b'EP 1"}\n{"phase": "start"}\n')
    machine.after(5.0, own=1.0, others=9.0)
    watching.look()
    watching.end()

    assert [(one.phase, one.kind, one.seconds) for one in events] == [
        ("build", "start", 0.0), ("build", "log", 10.0), ("build", "end", 10.0),
        ("start", "start", 0.0), ("start", "end", 5.0),
    ]  # fmt: skip
    assert events[1].text == "STEP 1"
    assert (watching.usage["build"].others_share, watching.usage["build"].cpu_seconds) == (0.1, 8.0)
    assert (watching.usage["start"].others_share, watching.usage["start"].cpu_seconds) == (0.9, 1.0)
    assert machine.asked == [True, False], "a build counts the whole box, a start the container alone"
