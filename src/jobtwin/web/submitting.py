"""Submitting a saved draft, for pages and the API alike: pin the commit first, then one transaction."""

from dataclasses import dataclass
from datetime import datetime

from jobtwin.core.attempt import require_submittable_now
from jobtwin.core.errors import BadSource, Conflict, OutsideFailure, Refused
from jobtwin.jobs.sources import commit_of
from jobtwin.services.draft import Work
from jobtwin.services.rehearsal import require_rehearsal
from jobtwin.services.submission import note_failed_submission, submit_attempt
from jobtwin.services.upload import is_archive, upload_named
from jobtwin.source.address import parse_source
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Draft, Submission


@dataclass(frozen=True, slots=True)
class Pinned:
    """A draft with the source it names, as it is kept, and the commit that stood there."""

    draft: Draft
    source: str
    commit: str
    development: bool


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What is rehearsed: a source as it is kept, its commit, and the address of the public artifact."""

    source: str
    commit: str
    artifact: str


def require_version(draft: Draft | None, version: str) -> None:
    """Raises Conflict where another version than the one that was seen is the newest."""
    if draft is not None and version != str(draft.version):
        raise Conflict("the draft was changed in another window; look at it once more before you go on")


def pin_rehearsal(*, attempt: Attempt, work: Work, now: datetime) -> Rehearsed:
    """Resolves what is to be rehearsed, outside of every transaction; no host is asked where none is left.

    Raises Refused where nothing is saved, and as `require_rehearsal` and `resolve_work` do.
    """
    if not work.source:
        raise Refused("save the address of your repository or an archive first", code="no_source")
    require_rehearsal(attempt, now)
    source, commit, _ = resolve_work(attempt, work.source, now)
    return Rehearsed(source, commit, work.artifact)


def pin_draft(*, attempt: Attempt, draft: Draft, version: str, now: datetime) -> Pinned:
    """Resolves what the draft names. `version` is the one that the learner was shown.

    It asks a remote host, so it stands outside of every transaction. Raises Conflict for another version,
    TooLate, Conflict and Refused as `require_submittable_now` does, BadSource and OutsideFailure as the
    source does; an OutsideFailure before the deadline begins the upload grace that the brief names.
    """
    require_version(draft, version)
    require_submittable_now(attempt.brief_version.brief, attempt.facts, now=now)
    try:
        source, commit, development = resolve_work(attempt, draft.body["source"], now)
    except OutsideFailure:
        note_failed_submission(attempt=attempt, now=now)
        raise
    return Pinned(draft, source, commit, development=development)


def resolve_work(attempt: Attempt, text: str, now: datetime) -> tuple[str, str, bool]:
    """What is named as it is kept, its commit, and whether a development machine's list allowed it.

    Raises BadSource and OutsideFailure; an archive was pinned when it came, and asks nobody.
    """
    if is_archive(text):
        return text, upload_named(attempt, text).commit, False
    if "repo_url" not in attempt.brief_version.brief.submission_modes:
        raise BadSource("this exam takes an archive, not the address of a repository")
    source = parse_source(text, platform.source_policy())
    return source.text, commit_of(attempt, source, now=now), source.development


def submit_pinned(
    *, attempt: Attempt, pinned: Pinned, force: bool, force_reason: str, now: datetime
) -> Submission:
    """Submits, once and for good; raises as `submit_attempt` does."""
    return submit_attempt(
        attempt=attempt,
        source=pinned.source,
        commit=pinned.commit,
        development_source=pinned.development,
        answers=pinned.draft.body["answers"],
        notes=pinned.draft.body["notes"],
        logs=pinned.draft.body.get("logs"),
        artifact=pinned.draft.body.get("artifact", ""),
        force=force,
        force_reason=force_reason,
        draft_version=pinned.draft.version,
        now=now,
    )
