"""At the deadline: the last saved draft is submitted where the brief says so.

The job records what the stored instants say already: which attempts are over, and which draft was the last
before the deadline. It may come late or twice and changes nothing by that.
"""

import logging
from datetime import datetime, timedelta

from jobtwin.core.errors import JobTwinError
from jobtwin.jobs.sources import commit_of
from jobtwin.services.draft import latest_draft
from jobtwin.services.submission import submit_last_draft
from jobtwin.services.upload import is_archive, upload_named
from jobtwin.source.address import parse_source
from jobtwin.store.models import Attempt
from jobtwin.store.platform import source_policy
from jobtwin.store.queries.attempt import over_with_last_draft

log = logging.getLogger(__name__)


def submit_last_drafts(now: datetime, *, in_time: timedelta = timedelta()) -> int:
    """Submits the last draft of every attempt that is over and whose brief says so; how many.

    `in_time`: how long after its arrival a request may still be answered as of then; until it is over, the
    learner's own submission, sent in time, may be waiting in a web server.

    What cannot be submitted (no source, an address that leads nowhere) is tried again at the next turn, for
    a day, and hinders no other.
    """
    done = 0
    for attempt in over_with_last_draft(now - in_time):
        try:
            done += _submit(attempt, now)
        except JobTwinError as error:
            log.warning("the last draft of attempt %s was not submitted: %s", attempt.pk, error.message)
    return done


def _submit(attempt: Attempt, now: datetime) -> bool:
    draft = latest_draft(attempt)
    if draft is None or not draft.body["source"]:
        return False
    text, development = draft.body["source"], False
    if is_archive(text):
        commit = upload_named(attempt, text).commit
    else:
        source = parse_source(text, source_policy())
        text, development = source.text, source.development
        commit = commit_of(attempt, source, now=now)
    submit_last_draft(
        attempt=attempt, draft=draft, source=text, commit=commit, development_source=development, now=now
    )
    return True
