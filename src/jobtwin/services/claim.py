"""Ending claims: released, given up for a conflict of interest, taken back by an operator or by the clock."""

from datetime import datetime

from django.db import transaction

from jobtwin.core.claim import ENDINGS, Ending
from jobtwin.core.errors import BadInput, Conflict, NotAllowed, Refused
from jobtwin.services.decision import tell_signer
from jobtwin.services.notification import notify
from jobtwin.services.wanted import want_mentors
from jobtwin.store import platform
from jobtwin.store.models import ClockPause, EndedClaim, Mark, Person, Role, Submission
from jobtwin.store.queries.claim import clocks
from jobtwin.store.queries.programme import holds

MIN_REASON = 10
MAX_REASON = 1_000


def release_claim(*, mark: Mark, reason: str, now: datetime) -> None:
    """Gives a claim back before the seal, with a reason; the clock of the submission runs on.

    Raises Conflict for a sealed mark, BadInput without a reason.
    """
    said = _said(reason)
    with transaction.atomic():
        _end(_locked(mark), Ending.RELEASED, said, mark.mentor, now)


def declare_conflict(*, submission: Submission, mentor: Person, reason: str, now: datetime) -> None:
    """A mentor says that they must not mark this one, before or after the claim. Operators see why.

    Raises Conflict where the own mark is sealed: then an operator has to look at it.
    """
    said = _said(reason)
    with transaction.atomic():
        Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        mark = Mark.objects.filter(submission=submission, mentor=mentor).first()
        if mark is not None:
            _end(_locked(mark), Ending.CONFLICT, said, mentor, now)
            return
        EndedClaim.objects.get_or_create(
            submission=submission,
            mentor=mentor,
            defaults={"ended_at": now, "ending": Ending.CONFLICT, "reason": said, "by": mentor},
        )


def reassign_claim(
    *, mark: Mark, operator: Person, reason: str, now: datetime, to: Person | None = None
) -> None:
    """An operator takes an unsealed claim back and starts the clock anew, or lets another mentor sign.

    An unsealed claim ends and its seat is free; `to` is asked to claim it, and declares that there is no
    conflict as everybody does. A sealed mark stays: its mentor counts as gone, and the other one signs.
    """
    programme = mark.submission.attempt.programme
    if not holds(operator, Role.OPERATOR, programme):
        raise NotAllowed("only operators of its programme take claims back")
    said = _said(reason)
    if to is not None and not holds(to, Role.MENTOR, programme):
        raise BadInput("only a mentor of its programme can be asked to mark")
    with transaction.atomic():
        locked = _locked(mark, sealed=None)
        if locked.sealed_at is not None:
            _leave_signature(locked, now)
            return
        _end(locked, Ending.REASSIGNED, said, operator, now)
        _restart(locked.submission, said, operator, now)
        if to is not None:
            key = f"{locked.submission_id}:{locked.mentor_id}"
            facts = _facts(locked) | {"path": "/marking/"}
            notify(person=to, kind="asked_to_mark", key=key, facts=facts, now=now)


def lapse_claims(*, submission: Submission, now: datetime) -> list[Mark]:
    """Ends the unsealed claims whose time and grace are over, and starts the clock anew; which they were.

    Safe to repeat: the marks are read again under the submission's lock.
    """
    grace = platform.claim_rules().grace
    with transaction.atomic():
        Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
        rows = Mark.objects.filter(submission=submission, sealed_at__isnull=True)
        open_marks = list(
            rows.select_related("mentor", "submission__attempt__brief_version").select_for_update(
                of=("self",)
            )
        )
        times = clocks(open_marks)
        lapsed = [one for one in open_marks if now >= max(times[one.pk].due, one.claimed_at) + grace]
        for mark in lapsed:
            _end(mark, Ending.OVERDUE, "not sealed in time", None, now)
        if lapsed:
            _restart(submission, "a claim lapsed", None, now)
    return lapsed


def _locked(mark: Mark, *, sealed: bool | None = False) -> Mark:
    """The mark under its submission's lock. Raises Conflict where it ended, or is sealed and must not be."""
    Submission.objects.select_for_update(no_key=True).get(pk=mark.submission_id)
    rows = Mark.objects.select_related("mentor", "submission__attempt__brief_version")
    found = rows.select_for_update(of=("self",)).filter(pk=mark.pk).first()
    if found is None:
        raise Conflict("this claim has ended already")
    if sealed is False and found.sealed_at is not None:
        raise Conflict("this mark is sealed; nothing in it can be taken back")
    return found


def _end(mark: Mark, ending: Ending, reason: str, by: Person | None, now: datetime) -> None:
    EndedClaim.objects.create(
        submission=mark.submission,
        mentor=mark.mentor,
        claimed_at=mark.claimed_at,
        ended_at=now,
        ending=ending,
        reason=reason,
        by=by,
    )
    if by != mark.mentor:
        facts = _facts(mark) | {"why": ENDINGS[ending], "path": "/marking/"}
        notify(person=mark.mentor, kind="claim_ended", key=str(mark.submission_id), facts=facts, now=now)
    Mark.objects.filter(pk=mark.pk).delete()
    want_mentors(submission=mark.submission, now=now)


def _restart(submission: Submission, reason: str, by: Person | None, now: datetime) -> None:
    """What went before does not count: the next mentor has the whole time."""
    start = Submission.objects.values_list("first_claimed_at", flat=True).get(pk=submission.pk)
    if start is not None and start < now:
        ClockPause.objects.create(
            programme=submission.attempt.programme,
            submission=submission,
            start=start,
            end=now,
            reason=reason,
            made_at=now,
            made_by=by,
        )


def _leave_signature(mark: Mark, now: datetime) -> None:
    others = Mark.objects.filter(submission=mark.submission, seat__in=(1, 2), gone_at__isnull=True)
    if mark.seat > 2 or mark.gone_at is not None or not others.exclude(pk=mark.pk).exists():
        raise Refused("nobody else could sign in the place of this mentor")
    Mark.objects.filter(pk=mark.pk).update(gone_at=now)
    if hasattr(mark.submission, "decision") and mark.submission.decision.signed_at is None:
        tell_signer(submission=mark.submission, now=now)


def _facts(mark: Mark) -> dict[str, str]:
    title = mark.submission.attempt.brief_version.document["title"]
    return {"title": title, "submission": str(mark.submission_id)[:8]}


def _said(reason: str) -> str:
    said = reason.strip().replace("\0", "")
    if not MIN_REASON <= len(said) <= MAX_REASON:
        raise BadInput(f"give a reason of {MIN_REASON} to {MAX_REASON} characters")
    return said
