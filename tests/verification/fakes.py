"""An engine that answers from a script."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jobtwin.verification.engine import Engine, EngineFailure, Job, Outcome


def _well(job: Job) -> Outcome:
    """Exit code 0, and the answer that a self-test asks for."""
    return Outcome(0, result=b"ok\n" if job.argv[-1].endswith("echo ok >&9") else b"")


@dataclass
class FakeEngine:
    """Answers each job by `answer`; keeps the jobs."""

    answer: Callable[[Job], Outcome] = field(default=_well)
    name: str = "fake"
    jobs: list[Job] = field(default_factory=list)

    def run(self, job: Job) -> Outcome:
        self.jobs.append(job)
        return self.answer(job)


@dataclass
class FailingAfter:
    """Passes `runs` jobs on to a real engine and fails from then on."""

    engine: Engine
    runs: int
    name: str = "failing"

    def run(self, job: Job) -> Outcome:
        self.runs -= 1
        if self.runs < 0:
            raise EngineFailure("no more", retry=True)
        return self.engine.run(job)
