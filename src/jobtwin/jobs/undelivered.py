"""Lost deliveries: what waits for a job that is nowhere is queued again. Safe to run twice: every job is."""

import logging
from datetime import datetime

from jobtwin.store.models import Attempt
from jobtwin.store.queries.undelivered import undelivered
from jobtwin.store.queue import VERIFYING, defer, defer_verification

log = logging.getLogger(__name__)


def queue_undelivered(*, now: datetime) -> int:
    """Queues every job that is missing at `now`; how many."""
    found = undelivered(now)
    for one in found:
        log.warning("the job %s of %s was nowhere and is queued again", one.job, one.value)
        attempt = Attempt.objects.select_related("brief_version").get(pk=one.attempt)
        if one.job in VERIFYING:
            defer_verification(one.job, attempt=attempt, **{one.argument: one.value})
        else:
            defer(one.job, programme=attempt.programme_id, **{one.argument: one.value})
    return len(found)
