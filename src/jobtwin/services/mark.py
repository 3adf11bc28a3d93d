"""Marking: claim, save, seal, revise."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from jobtwin.core.appeal import APPEAL_SEATS
from jobtwin.core.decision import Step
from jobtwin.core.errors import BadInput, Conflict, NotAllowed, Refused
from jobtwin.core.ledger import mark_facts
from jobtwin.core.mark import Scores, parse_score, parse_scores
from jobtwin.services.calibration import place_control, require_rotation
from jobtwin.services.decision import reconcile_submission, require_standing
from jobtwin.services.ledger import LedgerWriter, append_entry
from jobtwin.services.reading import checked_readings, keep_readings
from jobtwin.services.wanted import want_mentors
from jobtwin.store import platform
from jobtwin.store.models import EndedClaim, LedgerEntry, Mark, Person, Programme, Revision, Role, Submission
from jobtwin.store.queries.mark import free_seat, resolution
from jobtwin.store.queries.programme import holds

MAX_COMMENT = 5_000
MIN_REASON = 10


def claim_submission(*, submission: Submission, mentor: Person, no_conflict: bool, now: datetime) -> Mark:
    """Takes the next free seat. The mentor declares that there is no conflict of interest.

    Raises NotAllowed for somebody who is no mentor there or is the learner, Conflict where no seat is free or
    this mentor's claim has ended, Refused over the load of one mentor or the programme's marking cap.
    """
    if not holds(mentor, Role.MENTOR, submission.attempt.programme):
        raise NotAllowed("only mentors of its programme claim a submission")
    if submission.attempt.learner_id == mentor.pk:
        raise NotAllowed("nobody marks their own submission")
    if not no_conflict:
        raise Refused("declare that you have no conflict of interest, or leave it to another mentor")
    require_standing(submission)
    if submission.attempt.verified_at is None:
        raise Refused("this submission is still being verified")
    require_rotation(mentor=mentor, submission=submission, now=now)
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=mentor.pk)  # claims at once are counted in turn
        require_room(mentor=mentor, programme=submission.attempt.programme)
        Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        if Mark.objects.filter(submission=submission, mentor=mentor).exists():
            raise Conflict("you have claimed this submission already")
        if EndedClaim.objects.filter(submission=submission, mentor=mentor).exists():
            raise Conflict("your part in this submission has ended; another mentor marks it")
        seat = free_seat(submission)
        if seat is None:
            raise Conflict("this submission needs no further mentor")
        Submission.objects.filter(pk=submission.pk, first_claimed_at__isnull=True).update(
            first_claimed_at=now
        )
        submission.refresh_from_db(fields=["first_claimed_at"])
        mark = Mark.objects.create(
            submission=submission, mentor=mentor, seat=seat, no_conflict_declared=True, claimed_at=now
        )
        want_mentors(submission=submission, now=now)
    return mark


def require_room(*, mentor: Person, programme: Programme) -> None:
    """Raises Refused where a mentor holds as many unsealed claims as anybody may, or as a programme allows.

    Copies for calibration are counted like everything else: one that did not count would give itself away.
    """
    claimed = Mark.objects.filter(mentor=mentor, sealed_at__isnull=True)
    most, cap = platform.claim_rules().load, programme.marking_cap
    if claimed.count() >= most:
        raise Refused(f"you hold {most} unsealed claims; seal or release one first", code="load")
    if cap is not None and claimed.filter(submission__attempt__programme=programme).count() >= cap:
        raise Refused(
            f"you have {cap} unsealed claims, the most in this programme; seal one first", code="marking_cap"
        )


def save_mark(
    *,
    mark: Mark,
    scores: Mapping[str, str],
    comments: Mapping[str, str],
    now: datetime,
    readings: Mapping[str, str] | None = None,
    base_version: int | None = None,
) -> Mark:
    """Keeps what the mentor has written so far; scores may be incomplete, each must be on the grid.

    `readings` (None: they stay) are refused while the draft review is hidden. `base_version` is the version
    that the writer last saw; raises Conflict where a newer one was saved meanwhile, or the mark is sealed.
    """
    dimensions = {dimension.id for dimension in mark.submission.attempt.brief_version.brief.rubric.dimensions}
    unknown = sorted((set(scores) | set(comments)) - dimensions)
    if unknown:
        raise BadInput(f"the brief has no dimension {', '.join(unknown)}")
    too_long = [dimension for dimension, text in comments.items() if len(text) > MAX_COMMENT]
    if too_long:
        raise BadInput(f"a comment has at most {MAX_COMMENT} characters: {', '.join(too_long)}")
    kept = {dimension: str(parse_score(score)) for dimension, score in scores.items() if score != ""}
    written = {dimension: text.replace("\0", "") for dimension, text in comments.items() if text.strip()}
    read = mark.readings if readings is None else checked_readings(mark, readings)
    return _replace(mark, base_version, scores=kept, comments=written, readings=read, saved_at=now)


def _replace(mark: Mark, base_version: int | None, **fields: object) -> Mark:
    """One conditional UPDATE decides who saves."""
    rows = Mark.objects.filter(pk=mark.pk, sealed_at__isnull=True)
    if base_version is not None:
        rows = rows.filter(version=base_version)
    changed = rows.update(version=F("version") + 1, **fields)
    mark.refresh_from_db()
    if not changed and mark.sealed_at is not None:
        raise Conflict("this mark is sealed; nothing in it can be changed")
    if not changed:
        raise Conflict("this mark was changed in another window meanwhile", code="mark_conflict")
    return mark


def keep_first_pass(*, mark: Mark, now: datetime) -> bool:
    """Keeps the saved scores as the first pass, before the draft review is shown; once, and only if whole.

    True where the draft may be shown now. Raises Conflict where the mark was sealed without one.
    """
    if mark.first_pass is None and mark.sealed_at is not None:
        raise Conflict("this mark is sealed; it has no first pass any more")
    brief = mark.submission.attempt.brief_version.brief
    if mark.first_pass is None and len(mark.scores) == len(brief.rubric.dimensions):
        Mark.objects.filter(pk=mark.pk, first_pass__isnull=True, sealed_at__isnull=True).update(
            first_pass=mark.scores, first_passed_at=now
        )
        mark.refresh_from_db()
    return mark.first_pass is not None


def seal_mark(*, mark: Mark, now: datetime, writer: LedgerWriter) -> Mark:
    """Seals a whole mark into the mentor's ledger, and reconciles where both are sealed now."""
    brief = mark.submission.attempt.brief_version.brief
    with transaction.atomic():
        Submission.objects.select_for_update(no_key=True).get(pk=mark.submission_id)
        locked = Mark.objects.select_for_update(of=("self",)).get(pk=mark.pk)
        if locked.sealed_at is not None:
            raise Conflict("this mark is sealed already")
        require_standing(locked.submission)
        scores = parse_scores(brief, locked.scores)
        silent = [one.title for one in brief.rubric.dimensions if not locked.comments.get(one.id, "").strip()]
        if silent:
            raise Refused(f"write a comment for {', '.join(silent)}", code="comment_missing")
        kind = "correction" if locked.seat in APPEAL_SEATS else "seal"
        locked.entry = _append(locked, kind, scores, locked.comments, now, writer)
        locked.sealed_at = now
        locked.save(update_fields=["entry", "sealed_at"])
        keep_readings(mark=locked)
        place_control(mark=locked, now=now)
        if locked.seat not in APPEAL_SEATS:
            reconcile_submission(submission=locked.submission, now=now)
    return locked


def revise_mark(
    *,
    mark: Mark,
    scores: Mapping[str, str],
    reason: str,
    now: datetime,
    writer: LedgerWriter,
) -> Revision:
    """Records where a mentor stands after the discussion (the same scores mean: stands by them), once."""
    brief = mark.submission.attempt.brief_version.brief
    if len(reason.strip()) < MIN_REASON or len(reason) > MAX_COMMENT:
        raise BadInput(f"give a reason of {MIN_REASON} to {MAX_COMMENT} characters")
    revised = parse_scores(brief, scores)
    with transaction.atomic():
        Submission.objects.select_for_update(no_key=True).get(pk=mark.submission_id)
        if mark.seat > 2 or resolution(mark.submission) is not Step.DISCUSS:
            raise Refused("there is nothing to discuss on this submission")
        if Revision.objects.filter(mark=mark).exists():
            raise Conflict("you have answered already; what is in a ledger cannot be changed")
        revision = Revision.objects.create(
            mark=mark,
            scores={dimension: str(score) for dimension, score in revised.items()},
            reason=reason.strip(),
            entry=_append(mark, "discussion", revised, {"reason": reason.strip()}, now, writer),
            revised_at=now,
        )
        reconcile_submission(submission=mark.submission, now=now)
        want_mentors(submission=mark.submission, now=now)
    return revision


def _append(
    mark: Mark,
    kind: str,
    scores: Scores,
    comments: Mapping[str, str],
    now: datetime,
    writer: LedgerWriter,
) -> LedgerEntry:
    attempt = mark.submission.attempt

    def facts(salt: bytes) -> dict[str, object]:
        return mark_facts(
            brief=attempt.brief_version.digest,
            commit=mark.submission.commit,
            scores=scores,
            comments=comments,
            salt=salt,
        )

    return append_entry(
        mentor=mark.mentor, kind=kind, attempt=str(attempt.pk), facts=facts, now=now, writer=writer
    )
