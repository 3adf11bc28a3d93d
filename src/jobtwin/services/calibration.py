"""Calibration: gold submissions, runs that let mentors into rotation, controls, and the rule at a claim."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Max

from jobtwin.core.calibration import Cause, Rotation, is_control
from jobtwin.core.errors import BadInput, Conflict, Refused
from jobtwin.core.gold import DEFAULT_POLICY, shortfall
from jobtwin.store import platform
from jobtwin.store.models import (
    Attempt,
    CalibrationCase,
    CalibrationOpening,
    CheckRecord,
    DraftReviewRecord,
    GoldSubmission,
    Mark,
    Person,
    Submission,
    VerificationEvent,
)
from jobtwin.store.queries.calibration import (
    exact,
    gold_set,
    is_required,
    marked_in,
    open_cases,
    status_of,
)

Row = TypeVar("Row", Attempt, Submission, CheckRecord, VerificationEvent, DraftReviewRecord)

NOBODY = "gold@calibration.invalid"
"""Whose attempts the copies are; the account cannot sign in."""

REASONS = {
    Cause.NEVER_CALIBRATED: "you have not been calibrated for this exam yet",
    Cause.BELOW_FLOOR: "your marks of the calibration run agreed too little with the agreed ones",
    Cause.DRIFTED: "your marks of control submissions have come to agree too little with the agreed ones",
    Cause.CALIBRATED: "",
}


def make_gold(*, submission: Submission, operator: Person, now: datetime) -> GoldSubmission:
    """A decided submission becomes gold: what its mentors came to agree on is what others are held against.

    Raises BadInput where it is not signed yet or is a copy itself, Conflict where it is gold already.
    """
    attempt = submission.attempt
    if attempt.decided_at is None or attempt.calibration or attempt.voided_at is not None:
        raise BadInput("only a submission whose decision is signed and stands can be gold")
    gold, made = GoldSubmission.objects.get_or_create(
        submission=submission,
        defaults={
            "brief_id": attempt.brief_id,
            "agreed": submission.decision.scores,
            "made_by": operator,
            "made_at": now,
        },
    )
    if not made and gold.retired_at is None:
        raise Conflict("this submission is gold already")
    if not made:
        GoldSubmission.objects.filter(pk=gold.pk).update(retired_at=None)
        gold.refresh_from_db()
    return gold


def retire_gold(*, gold: GoldSubmission, now: datetime) -> None:
    """Takes a gold submission out of use; marks of it that are there keep counting."""
    GoldSubmission.objects.filter(pk=gold.pk, retired_at__isnull=True).update(retired_at=now)


def open_run(*, mentor: Person, brief_id: str, now: datetime) -> CalibrationOpening:
    """Gives a mentor the cases of a run: gold not seen before first, as few as can decide.

    Raises Refused while another run is open, or where the gold submissions cannot decide.
    """
    policy = platform.calibration_policy() or DEFAULT_POLICY
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=mentor.pk)
        if open_cases(mentor, brief_id):
            raise Refused("finish the calibration that is open first")
        chosen: list[GoldSubmission] = []
        for gold in _unseen_first(mentor, gold_set(brief_id, marked_in(mentor))):
            chosen.append(gold)
            if shortfall([exact(one.agreed) for one in chosen], policy=policy) is None:
                break
        else:
            raise Refused("there are not enough different gold submissions for a calibration yet")
        opening = CalibrationOpening.objects.create(mentor=mentor, brief_id=brief_id, opened_at=now)
        for gold in chosen:
            _place(gold, mentor, opening, now)
    return opening


def require_rotation(*, mentor: Person, submission: Submission, now: datetime) -> None:
    """Raises Refused with the reason where the mentor may not mark this submission now.

    Copies of gold submissions may always be claimed: they are the way back.
    """
    policy, attempt = platform.calibration_policy(), submission.attempt
    if (
        policy is None
        or attempt.calibration
        or not is_required(attempt.brief_id, [attempt.programme], policy)
    ):
        return
    status = status_of(mentor, attempt.brief_id, now, policy)
    if status.rotation is not Rotation.IN:
        raise Refused(
            f"you are out of rotation: {REASONS[status.cause]}; your calibration page leads back in",
            code="out_of_rotation",
        )


def place_control(*, mark: Mark, now: datetime) -> None:
    """After a share of a mentor's seals, seeded in secret, a gold submission not seen before waits for them.

    The caller's transaction seals `mark`.
    """
    policy, attempt = platform.calibration_policy(), mark.submission.attempt
    if attempt.calibration:
        # Its one mark is sealed: it wants nobody, and no clock of it runs on.
        Submission.objects.filter(pk=mark.submission_id).update(wanted_since=None, first_claimed_at=None)
    if policy is None or attempt.calibration:
        return
    seed = platform.control_seed(mark.mentor_id)
    if not is_control(str(mark.submission_id), seed=seed, share=policy.control_share):
        return
    given = set(CalibrationCase.objects.filter(mentor=mark.mentor).values_list("gold_id", flat=True))
    golds = gold_set(attempt.brief_id, [attempt.programme])
    unseen = [gold for gold in _unseen_first(mark.mentor, golds) if gold.pk not in given]
    if unseen:
        _place(unseen[0], mark.mentor, None, now)


def _unseen_first(mentor: Person, golds: Iterable[GoldSubmission]) -> list[GoldSubmission]:
    """In an order that nobody can foretell: what this mentor never saw, then what was seen longest ago.

    Nobody is given the own work.
    """
    placed = CalibrationCase.objects.filter(mentor=mentor).values("gold_id").annotate(last=Max("placed_at"))
    seen = {row["gold_id"]: row["last"].timestamp() for row in placed}
    seed = platform.control_seed(mentor.pk)

    def order(gold: GoldSubmission) -> tuple[float, bytes]:
        return seen.get(gold.pk, 0.0), hashlib.sha256(seed + str(gold.pk).encode()).digest()

    return sorted((one for one in golds if one.submission.attempt.learner_id != mentor.pk), key=order)


def _place(gold: GoldSubmission, mentor: Person, opening: CalibrationOpening | None, now: datetime) -> None:
    copy = _copy(gold.submission, now)
    CalibrationCase.objects.create(gold=gold, mentor=mentor, opening=opening, submission=copy, placed_at=now)


def _copy(original: Submission, now: datetime) -> Submission:
    """The submission once more with all that was recorded of it, as if submitted `now`."""
    attempt, shift = original.attempt, now - original.submitted_at
    learner, _ = Person.objects.get_or_create(email=NOBODY, defaults={"is_active": False})
    copied = _again(
        attempt, id=uuid.uuid4(), learner=learner, calibration=True, started_at=attempt.started_at + shift,
        deadline=attempt.deadline + shift, submitted_at=now, verified_at=now, decided_at=None,
        grace_until=attempt.grace_until and attempt.grace_until + shift,
    )  # fmt: skip
    submission = _again(
        original, id=uuid.uuid4(), attempt=copied, submitted_at=now, first_claimed_at=None, wanted_since=now
    )
    platform.artefacts().share(original.pk, submission.pk)
    for check in CheckRecord.objects.filter(submission=original):
        _again(check, id=None, submission=submission, recorded_at=now)
    for event in VerificationEvent.objects.filter(submission=original).order_by("pk"):
        _again(event, id=None, submission=submission, at=event.at + shift)
    for draft in DraftReviewRecord.objects.filter(submission=original):
        _again(draft, id=None, submission=submission, recorded_at=now)
    return submission


def _again(row: Row, **changes: object) -> Row:
    fields = row._meta.concrete_fields  # noqa: SLF001  public by Django's documentation
    kept = {one.attname: getattr(row, one.attname) for one in fields}
    copy = type(row)(**kept)
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    return copy
