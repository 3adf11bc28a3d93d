"""The door to background work: a service defers by name, in its own transaction."""

from procrastinate.contrib.django import app

from jobtwin.telemetry.tracing import carried

JOBS = (
    "verify_submission",
    "review_submission",
    "compare_submission",
    "issue_credential",
    "erase_files",
    "rehearse",
    "replay_appeal",
)
"""Every name that may be deferred; a test asserts that each is a registered task."""


def defer(job: str, **arguments: str) -> None:
    """Queues a job; it exists exactly if the surrounding transaction commits. It takes the trace along."""
    if job not in JOBS:
        raise ValueError(f"unknown job: {job}")
    trace = carried()
    app.configure_task(job).defer(**arguments, **({"trace": trace} if trace else {}))
