"""Submitting a saved draft, for pages and the API alike: pin the commit first, then one transaction."""

from dataclasses import dataclass
from datetime import datetime

from jobtwin.core.attempt import require_submittable_now
from jobtwin.core.errors import Conflict
from jobtwin.services.submission import submit_attempt
from jobtwin.source.address import Source, parse_source
from jobtwin.source.repository import resolve_commit
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Draft, Submission


@dataclass(frozen=True, slots=True)
class Pinned:
    """A draft with the source it names and the commit that stood there."""

    draft: Draft
    source: Source
    commit: str


def pin_draft(*, attempt: Attempt, draft: Draft, version: str, now: datetime) -> Pinned:
    """Resolves what the draft names. `version` is the one that the learner was shown.

    It asks a remote host, so it stands outside of every transaction. Raises Conflict for another version,
    TooLate, Conflict and Refused as `require_submittable_now` does, BadSource and OutsideFailure as the
    source does.
    """
    if version != str(draft.version):
        raise Conflict("the draft was changed in another window; look at it once more before you submit")
    require_submittable_now(attempt.brief_version.brief, attempt.facts, now=now)
    source = parse_source(draft.body["source"], platform.source_policy())
    return Pinned(draft, source, resolve_commit(source))


def submit_pinned(
    *, attempt: Attempt, pinned: Pinned, force: bool, force_reason: str, now: datetime
) -> Submission:
    """Submits, once and for good; raises as `submit_attempt` does."""
    return submit_attempt(
        attempt=attempt,
        source=pinned.source.text,
        commit=pinned.commit,
        development_source=pinned.source.development,
        answers=pinned.draft.body["answers"],
        notes=pinned.draft.body["notes"],
        logs=pinned.draft.body.get("logs"),
        force=force,
        force_reason=force_reason,
        draft_version=pinned.draft.version,
        now=now,
    )
