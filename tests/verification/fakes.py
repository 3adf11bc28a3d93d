"""An engine that answers from a script."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jobtwin.verification.engine import Job, Outcome


def _well(_: Job) -> Outcome:
    return Outcome(0)


@dataclass
class FakeEngine:
    """Answers each job by `answer`; keeps the jobs."""

    answer: Callable[[Job], Outcome] = field(default=_well)
    name: str = "fake"
    jobs: list[Job] = field(default_factory=list)

    def run(self, job: Job) -> Outcome:
        self.jobs.append(job)
        return self.answer(job)
