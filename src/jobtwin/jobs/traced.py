"""Jobs in traces and metrics: a job goes on with the trace of the request that queued it."""

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from jobtwin.telemetry.meters import JOB_SECONDS, JOBS
from jobtwin.telemetry.tracing import continued, span

P = ParamSpec("P")


def traced(job: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Wraps a task's function; what the queue added is taken off: `trace` (a traceparent, may be missing) and
    `programme`."""

    def wrap(function: Callable[P, None]) -> Callable[P, None]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            trace = str(kwargs.pop("trace", "") or "")
            kwargs.pop("programme", None)
            begun, outcome = time.monotonic(), "failed"
            try:
                with continued(trace), span(f"job {job}", {"jobtwin.job": job}):
                    function(*args, **kwargs)
                outcome = "done"
            finally:
                JOBS.labels(job, outcome).inc()
                JOB_SECONDS.labels(job).observe(time.monotonic() - begun)

        return run

    return wrap
