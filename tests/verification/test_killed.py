"""A run that somebody may have killed from outside is begun again; one that kills itself is found out."""

from pathlib import Path

import pytest

from jobtwin.verification.engine import Job, Limit, Outcome, Usage
from jobtwin.verification.killed import RUNS, run_until_settled

KILLED = Outcome(exit_code=137, signal=9)
DONE = Outcome(exit_code=0)


def outcomes(*told: Outcome) -> tuple[list[Outcome], Outcome]:
    """What is left of the outcomes, and the one that was returned."""
    left = list(told)
    return left, run_until_settled(lambda _: left.pop(0), Job(argv=("true",)))


def test_a_killed_run_is_begun_again_and_the_other_run_decides() -> None:
    assert outcomes(KILLED, DONE) == ([], DONE)
    assert outcomes(KILLED, KILLED, DONE) == ([], DONE)


def test_a_run_that_dies_every_time_has_killed_itself() -> None:
    left, outcome = outcomes(*[KILLED] * RUNS, DONE)
    assert (left, outcome) == ([DONE], KILLED)


@pytest.mark.parametrize(
    "ended",
    [
        DONE,
        Outcome(exit_code=1),
        Outcome(exit_code=139, signal=11),
        Outcome(exit_code=None, signal=None, limits_hit=(Limit.WALL,)),
        Outcome(exit_code=137, signal=9, limits_hit=(Limit.MEMORY,)),
        Outcome(exit_code=137, signal=9, usage=Usage(wall_seconds=1e6), unenforced=(Limit.CPU,)),
    ],
)
def test_what_ended_otherwise_or_at_a_limit_runs_once(ended: Outcome) -> None:
    assert outcomes(ended, DONE) == ([DONE], ended)


def test_what_a_killed_run_had_collected_is_gone_before_the_next(tmp_path: Path) -> None:
    collect = tmp_path / "out"
    collect.mkdir()
    seen: list[list[str]] = []

    def once(_job: Job) -> Outcome:
        seen.append([one.name for one in collect.iterdir()])
        (collect / "half").touch()
        return KILLED if len(seen) == 1 else DONE

    assert run_until_settled(once, Job(argv=("true",), collect=collect)) == DONE
    assert seen == [[], []]
