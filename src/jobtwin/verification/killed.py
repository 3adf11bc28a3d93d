"""Runs that ended by SIGKILL: by the machine's hand or by their own.

Nothing outside a sandbox tells the two apart: an operator, the kernel out of memory or a killed process of
the engine end a run just as one that kills itself. So it runs again; what kills itself does so again.
"""

import logging
import shutil
import signal
from collections.abc import Callable

from jobtwin.verification.engine import Job, Limit, Outcome

RUNS = 3
"""After so many deaths in a row the run has killed itself."""

log = logging.getLogger(__name__)


def run_until_settled(once: Callable[[Job], Outcome], job: Job) -> Outcome:
    """The outcome of the first run that nobody may have killed from outside, or of the last of RUNS."""
    outcome = once(job)
    for _ in range(RUNS - 1):
        if not _perhaps_from_outside(outcome, job):
            break
        log.warning("a run died of SIGKILL within its limits and is begun again")
        if job.collect is not None:
            shutil.rmtree(job.collect)
            job.collect.mkdir()
        outcome = once(job)
    return outcome


def _perhaps_from_outside(outcome: Outcome, job: Job) -> bool:
    if outcome.signal != signal.SIGKILL or outcome.limits_hit:
        return False
    # Where no control group counts it the kernel ends a process at its processor time, by SIGKILL.
    counted = Limit.CPU not in outcome.unenforced
    return counted or outcome.usage.wall_seconds < job.limits.cpu_seconds
