"""Appeals: opened by the learner, marked anew, signed; a correction is a new entry and a new credential."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from jobtwin.core.appeal import APPEAL_SEATS, require_appealable
from jobtwin.core.errors import BadInput, Conflict, NotAllowed, NotFound, Refused
from jobtwin.core.instant import utc_text
from jobtwin.core.ledger import score_text
from jobtwin.core.skill_assertion import SkillAssertion as Assertion
from jobtwin.core.skill_assertion import parse_assertions
from jobtwin.services.credential import (
    lift_suspension,
    reissue_credential,
    revoke_credential,
    suspend_credential,
)
from jobtwin.services.event import publish, publish_appeal
from jobtwin.services.ledger import LedgerWriter, append_entry
from jobtwin.services.notification import notify
from jobtwin.services.wanted import want_mentors
from jobtwin.store.models import (
    Appeal,
    Attempt,
    Credential,
    Decision,
    Mark,
    Person,
    SkillAssertion,
    Submission,
)
from jobtwin.store.queries.appeal import appeal_resolution, shown_at, standing_of
from jobtwin.store.queries.operations import operators_of
from jobtwin.store.queue import defer, defer_verification

MIN_REASON = 20
MAX_REASON = 5_000
WORDS = "An appeal is open; two mentors who did not mark it look again."


def open_appeal(*, attempt: Attempt, learner: Person, reason: str, now: datetime) -> Appeal:
    """Opens the one appeal of a shown result; its credential is suspended on our pages meanwhile.

    Raises NotFound for anybody else or before the result is shown, TooLate after the brief's period, Conflict
    for a second one, BadInput without a reason. The checks are run again from the same inputs.
    """
    since = shown_at(attempt)
    if attempt.learner_id != learner.pk or since is None:
        raise NotFound("there is no result of yours to appeal")
    said = reason.strip().replace("\0", "")
    if not MIN_REASON <= len(said) <= MAX_REASON:
        raise BadInput(f"say in {MIN_REASON} to {MAX_REASON} characters what is wrong, and where it shows")
    submission = attempt.submission
    appealed = Appeal.objects.filter(submission=submission).exists()
    require_appealable(attempt.brief_version.brief, since, appealed=appealed, now=now)
    try:
        with transaction.atomic():
            locked = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
            appeal = Appeal.objects.create(
                submission=locked, reason=said, opened_at=now, former=standing_of(locked.decision)
            )
            credential = _live(attempt)
            if credential is not None and credential.suspended_at is None:
                suspend_credential(credential=credential, reason=WORDS, now=now)
            want_mentors(submission=locked, now=now)
            defer_verification("replay_appeal", attempt=attempt, submission_id=str(submission.pk))
            _tell_operators(locked, now)
            facts = {"submission": str(locked.pk), "opened_at": utc_text(now)}
            publish(attempt=attempt, kind="appeal.opened", facts=facts, now=now)
    except IntegrityError as error:
        raise Conflict("a result is appealed once; this one was") from error
    return appeal


def record_replay(*, appeal: Appeal, found: Mapping[str, object], now: datetime) -> None:
    """Records what running the checks again found, once."""
    Appeal.objects.filter(pk=appeal.pk, replayed_at__isnull=True).update(replay=dict(found), replayed_at=now)


def sign_appeal(
    *, appeal: Appeal, mentor: Person, skills: Mapping[str, str], now: datetime, writer: LedgerWriter
) -> Appeal:
    """The first mentor of the appeal signs what the two new marks give, higher or lower.

    The decision and its skills are replaced (the former ones stay in the appeal and in the ledgers), and the
    credential is issued, issued anew, revoked, or its suspension lifted where nothing changed.
    """
    submission = appeal.submission
    attempt = submission.attempt
    if not Mark.objects.filter(submission=submission, mentor=mentor, seat=APPEAL_SEATS[0]).exists():
        raise NotAllowed("the mentor who took the appeal first signs it")
    found = appeal_resolution(appeal)
    if found is None:
        raise Refused("both mentors of the appeal seal first")
    if skills and not found.passed:
        raise BadInput("skills are asserted on a pass only")
    assertions = parse_assertions(attempt.brief_version.brief, skills)
    if found.passed and not assertions:
        raise BadInput("choose at least one skill: a credential says what its holder can do")
    with transaction.atomic():
        won = Appeal.objects.filter(pk=appeal.pk, decided_at__isnull=True).update(
            signed_by=mentor, decided_at=now
        )
        if not won:
            raise Conflict("this appeal is decided already")
        scores = {dimension: score_text(score) for dimension, score in found.scores.items()}
        Decision.objects.filter(submission=submission).update(
            route=found.route.value, scores=scores, overall=found.overall, passed=found.passed
        )
        decision = Decision.objects.get(submission=submission)
        _replace_skills(decision, assertions)
        changed = standing_of(decision) != appeal.former
        append_entry(
            mentor=mentor,
            kind="correction",
            attempt=str(attempt.pk),
            facts=lambda _salt: _facts(decision, changed=changed),
            now=now,
            writer=writer,
        )
        _settle_credential(attempt, decision, changed=changed, now=now)
        _tell_learner(submission, now)
        publish_appeal(
            attempt=Attempt.objects.get(pk=attempt.pk), appeal=Appeal.objects.get(pk=appeal.pk), now=now
        )
    appeal.refresh_from_db()
    return appeal


def _replace_skills(decision: Decision, assertions: tuple[Assertion, ...]) -> None:
    SkillAssertion.objects.filter(decision=decision).delete()
    for one in assertions:
        SkillAssertion.objects.create(
            decision=decision, skill=one.skill, title=one.title, weight=one.weight, ceiling=one.ceiling
        )


def _settle_credential(attempt: Attempt, decision: Decision, *, changed: bool, now: datetime) -> None:
    credential = _live(attempt)
    if credential is None:
        if decision.passed:
            defer("issue_credential", programme=attempt.programme_id, attempt_id=str(attempt.pk))
        return
    if not decision.passed:
        revoke_credential(credential=credential, reason="An appeal ended below the pass mark.", now=now)
    elif changed:
        reissue_credential(credential=credential, reason="Corrected after an appeal.", now=now)
    elif credential.suspended_at is not None:
        lift_suspension(credential=credential, now=now)


def _live(attempt: Attempt) -> Credential | None:
    return Credential.objects.filter(attempt=attempt, revoked_at__isnull=True).first()


def _facts(decision: Decision, *, changed: bool) -> dict[str, object]:
    submission = decision.submission
    return {
        "brief": submission.attempt.brief_version.digest,
        "commit": submission.commit,
        "route": decision.route,
        "changed": changed,
        **standing_of(decision),
    }


def _tell_operators(submission: Submission, now: datetime) -> None:
    facts = _words(submission) | {"path": "/operations/marking"}
    for person in operators_of([submission.attempt.programme_id]).get(submission.attempt.programme_id, []):
        notify(person=person, kind="appeal_opened", key=str(submission.pk), facts=facts, now=now)


def _tell_learner(submission: Submission, now: datetime) -> None:
    facts = _words(submission) | {"path": f"/attempts/{submission.attempt_id}/appeal"}
    person = submission.attempt.learner
    notify(person=person, kind="appeal_decided", key=str(submission.pk), facts=facts, now=now)


def _words(submission: Submission) -> dict[str, str]:
    title = submission.attempt.brief_version.document["title"]
    return {"title": title, "submission": str(submission.pk)[:8]}
