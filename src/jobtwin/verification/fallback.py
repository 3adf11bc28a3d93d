"""An engine that another one stands in for when it crashes."""

import shutil
from dataclasses import dataclass, field

from jobtwin.verification.engine import Engine, EngineCrash, Job, Outcome


@dataclass
class Fallback:
    """Runs a job on `first`, and again on `second` where `first` crashed; the name then says so."""

    first: Engine
    second: Engine
    crashes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first.name}, then {self.second.name}" if self.crashes else self.first.name

    def run(self, job: Job) -> Outcome:
        """Raises EngineFailure where `first` fails otherwise, or `second` at all."""
        try:
            return self.first.run(job)
        except EngineCrash as crash:
            self.crashes.append(crash.message)
        if job.collect is not None:
            shutil.rmtree(job.collect)
            job.collect.mkdir()
        return self.second.run(job)
