"""Since when a submission wants a mentor: kept beside it, so that a queue costs what it shows."""

from datetime import datetime

from jobtwin.store.models import Submission
from jobtwin.store.queries.mark import free_seat


def want_mentors(*, submission: Submission, now: datetime) -> None:
    """Notes whether a seat is free. Called under the submission's lock by whatever takes or frees one."""
    rows = Submission.objects.filter(pk=submission.pk)
    if free_seat(submission) is None:
        rows.update(wanted_since=None)
    else:
        rows.filter(wanted_since__isnull=True).update(wanted_since=now)
