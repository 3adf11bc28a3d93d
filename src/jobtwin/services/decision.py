"""Deciding: reconcile in code, then sign off."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from jobtwin.core.decision import Decision as Resolution
from jobtwin.core.decision import Step
from jobtwin.core.errors import BadInput, Conflict, NotAllowed, Refused
from jobtwin.core.ledger import score_text
from jobtwin.core.skill_assertion import SkillAssertion as Assertion
from jobtwin.core.skill_assertion import parse_assertions
from jobtwin.services.event import publish_decision
from jobtwin.services.learner_news import tell_decided
from jobtwin.services.ledger import LedgerWriter, append_entry
from jobtwin.services.notification import notify
from jobtwin.store.models import Attempt, Decision, Mark, Person, SkillAssertion, Submission
from jobtwin.store.queries.claim import signer
from jobtwin.store.queries.mark import resolution
from jobtwin.store.queue import defer


def reconcile_submission(*, submission: Submission, now: datetime) -> Decision | None:
    """Records the decision where the sealed marks give one; None where a step is missing. Safe to repeat."""
    found = resolution(submission)
    if not isinstance(found, Resolution):
        if found is Step.DISCUSS:
            pair = Mark.objects.filter(submission=submission, seat__in=(1, 2)).select_related("mentor")
            _tell(submission, pair, "marks_apart", now)
        return None
    decision, _ = Decision.objects.get_or_create(
        submission=submission,
        defaults={
            "route": found.route.value,
            "scores": {dimension: score_text(score) for dimension, score in found.scores.items()},
            "overall": found.overall,
            "passed": found.passed,
            "reconciled_at": now,
        },
    )
    tell_signer(submission=submission, now=now)
    return decision


def tell_signer(*, submission: Submission, now: datetime) -> None:
    """Tells the mentor who signs now that the decision waits."""
    signs = signer(submission.pk)
    if signs is not None:
        _tell(submission, [signs], "decision_to_sign", now)


def _tell(submission: Submission, marks: Iterable[Mark], kind: str, now: datetime) -> None:
    facts = {
        "title": submission.attempt.brief_version.brief.title,
        "path": f"/marking/{submission.pk}/decision",
    }
    for mark in marks:
        notify(person=mark.mentor, kind=kind, key=str(submission.pk), facts=facts, now=now)


def require_standing(submission: Submission) -> None:
    """Raises Refused where an operator voided the attempt."""
    if submission.attempt.voided_at is not None:
        raise Refused("an operator voided this attempt; nothing of it is marked any more", code="voided")


def sign_off(
    *,
    decision: Decision,
    mentor: Person,
    skills: Mapping[str, str],
    now: datetime,
    writer: LedgerWriter,
) -> Decision:
    """The first claimant signs and, on a pass, asserts skills within their ceilings; if gone, the second.

    Raises NotAllowed for anybody else, Conflict where it is signed, BadInput for skills on a fail,
    none on a pass, or a weight over its ceiling. A pass queues the credential.
    """
    submission = decision.submission
    attempt = submission.attempt
    signs = signer(submission.pk)
    if signs is None or signs.mentor_id != mentor.pk:
        raise NotAllowed("the mentor who claimed first signs the decision")
    if decision.signed_at is not None:
        raise Conflict("this decision is signed already")
    require_standing(submission)
    if skills and not decision.passed:
        raise BadInput("skills are asserted on a pass only")
    assertions = parse_assertions(attempt.brief_version.brief, skills)
    if decision.passed and not assertions:
        raise BadInput("choose at least one skill: a credential says what its holder can do")
    with transaction.atomic():
        won = Decision.objects.filter(pk=decision.pk, signed_at__isnull=True).update(
            signed_by=mentor, signed_at=now
        )
        if not won:
            raise Conflict("this decision is signed already")
        for assertion in assertions:
            SkillAssertion.objects.create(
                decision=decision,
                skill=assertion.skill,
                title=assertion.title,
                weight=assertion.weight,
                ceiling=assertion.ceiling,
            )
        append_entry(
            mentor=mentor,
            kind="decision",
            attempt=str(attempt.pk),
            facts=lambda _salt: _facts(decision, assertions),
            now=now,
            writer=writer,
        )
        if not Attempt.objects.filter(pk=attempt.pk, voided_at__isnull=True).update(decided_at=now):
            require_standing(Submission.objects.get(pk=submission.pk))
        tell_decided(attempt=attempt, now=now)
        publish_decision(attempt=Attempt.objects.get(pk=attempt.pk), now=now)
        if decision.passed:
            defer("issue_credential", programme=attempt.programme_id, attempt_id=str(attempt.pk))
    decision.refresh_from_db()
    return decision


def _facts(decision: Decision, assertions: tuple[Assertion, ...]) -> dict[str, object]:
    return {
        "brief": decision.submission.attempt.brief_version.digest,
        "commit": decision.submission.commit,
        "route": decision.route,
        "scores": decision.scores,
        "overall": score_text(decision.overall),
        "passed": decision.passed,
        "skills": {one.skill: score_text(one.weight) for one in assertions},
    }
