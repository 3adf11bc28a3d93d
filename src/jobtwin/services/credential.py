"""Issuing credentials, once an attempt; revoking, suspending and issuing them again."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from jobtwin.core.brief import Brief
from jobtwin.core.credential import CredentialClaims, LedgerProof, RubricLevel, RubricResult
from jobtwin.core.errors import Conflict, Refused
from jobtwin.core.ledger import score_text
from jobtwin.core.skill_assertion import SkillAssertion
from jobtwin.proofs.credential import issue_credential as sign_both
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256
from jobtwin.proofs.status_list import LIST_ENTRIES
from jobtwin.services.audit import record_act
from jobtwin.services.event import publish_credential, publish_standing
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Credential, Mark, Person

SALT_BYTES = 16
INDEX_TRIES = 20
MAX_REASON = 1000
FILL = LIST_ENTRIES // 2
"""Credentials a list: a list that is half empty gives a free place by chance soon."""


def issue_credential(*, attempt_id: UUID, now: datetime) -> Credential:
    """Issues the credential of a passed and signed attempt in both envelopes; again, gives the newest.

    Raises Refused where the attempt did not pass.
    """
    attempt = Attempt.objects.select_related("learner", "brief_version").get(pk=attempt_id)
    known = _newest(attempt)
    if known is not None:
        return known
    decision = attempt.submission.decision
    if not decision.passed or decision.signed_at is None:
        raise Refused("a credential needs a pass that a mentor has signed")
    for _ in range(INDEX_TRIES):
        try:
            with transaction.atomic():
                return _issue(attempt, now)
        except IntegrityError:
            known = _newest(attempt)
            if known is not None:
                return known
    raise Conflict("the status list is too full to find a free place")


def revoke_credential(
    *, credential: Credential, reason: str, actor: Person | None = None, now: datetime
) -> None:
    """Revokes a credential with a reason, once and for good. Raises Refused, Conflict.

    As with every act here, `actor` is an operator, or None where an appeal or a command acts.
    """
    said = _said(reason, "say why the credential is revoked")
    with transaction.atomic():
        if not _revoke(credential, said, actor, now):
            raise Conflict("this credential is revoked already")


def reissue_credential(
    *, credential: Credential, reason: str, actor: Person | None = None, now: datetime
) -> Credential:
    """Issues a corrected credential in the place of one, which is revoked and leads to it.

    What is certified is read anew (name, skills, marks); the holder's identifier stays. Raises Refused
    without a reason, Conflict where it was replaced already.
    """
    said = _said(reason, "say what the new credential corrects")
    attempt = Attempt.objects.select_related("learner", "brief_version").get(pk=credential.attempt_id)
    for _ in range(INDEX_TRIES):
        if Credential.objects.filter(replaces=credential).exists():
            raise Conflict("this credential was replaced already")
        try:
            with transaction.atomic():
                _revoke(credential, said, actor, now)
                return _issue(attempt, now, replaces=credential, actor=actor)
        except IntegrityError:
            continue
    raise Conflict("somebody else changed this credential meanwhile; look again")


def suspend_credential(
    *, credential: Credential, reason: str, actor: Person | None = None, now: datetime
) -> None:
    """Shows on our pages that there is an appeal; the document stays valid. Raises Refused, Conflict."""
    said = _said(reason, "say why the credential is suspended")
    free = Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True, suspended_at__isnull=True)
    with transaction.atomic():
        if not free.update(suspended_at=now, suspension_reason=said):
            raise Conflict("this credential is suspended or revoked already")
        publish_standing(credential=credential, kind="credential.suspended", instant="suspended_at", now=now)
        _record("credential_suspended", credential, actor, now)


def lift_suspension(*, credential: Credential, actor: Person | None = None, now: datetime) -> None:
    """Ends a suspension. Raises Conflict where there is none."""
    held = Credential.objects.filter(pk=credential.pk, suspended_at__isnull=False)
    with transaction.atomic():
        if not held.update(suspended_at=None, suspension_reason=""):
            raise Conflict("this credential is not suspended")
        publish_standing(credential=credential, kind="credential.reinstated", instant="lifted_at", now=now)
        _record("credential_reinstated", credential, actor, now)


def _newest(attempt: Attempt) -> Credential | None:
    return Credential.objects.filter(attempt=attempt, replaced_by__isnull=True).first()


def _said(reason: str, otherwise: str) -> str:
    said = reason.strip()
    if not said:
        raise Refused(otherwise)
    return said[:MAX_REASON]


def _revoke(credential: Credential, reason: str, actor: Person | None, now: datetime) -> bool:
    changed = Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(
        revoked_at=now, revocation_reason=reason, suspended_at=None, suspension_reason=""
    )
    if changed:
        publish_standing(credential=credential, kind="credential.revoked", instant="revoked_at", now=now)
        _record("credential_revoked", credential, actor, now)
    return bool(changed)


def _issue(
    attempt: Attempt, now: datetime, *, replaces: Credential | None = None, actor: Person | None = None
) -> Credential:
    issuer, keys = platform.issuer(), platform.keys()
    credential_id = uuid4()
    subject = f"urn:uuid:{uuid4()}" if replaces is None else str(replaces.document["credentialSubject"]["id"])
    index = _random_place()
    issued = sign_both(
        _claims(attempt, credential_id, subject, index, now),
        issuer,
        ed25519=keys.load(ISSUER_ED25519),
        p256=keys.load(ISSUER_P256),
        now=now,
    )
    made = Credential.objects.create(
        id=credential_id,
        attempt=attempt,
        replaces=replaces,
        document=issued.document,
        jwt=issued.token,
        status_index=index,
        issued_at=now,
    )
    publish_credential(credential=made, now=now)
    facts = None if replaces is None else {"replaces": str(replaces.pk)}
    _record("credential_issued", made, actor, now, facts)
    return made


def _record(
    what: str,
    credential: Credential,
    actor: Person | None,
    now: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """The reason stays with the credential, where erasure reaches it: the audit gives nothing back."""
    record_act(
        actor=actor,
        programme=credential.attempt.programme,
        what=what,
        subject=f"credential {credential.pk}",
        facts=facts,
        now=now,
    )


def _random_place() -> int:
    """A place in the newest list; random, so that it says nothing of when or after whom it was taken."""
    number = Credential.objects.count() // FILL
    return number * LIST_ENTRIES + int.from_bytes(platform.random_bytes(8), "big") % LIST_ENTRIES


def _claims(
    attempt: Attempt, credential_id: UUID, subject: str, index: int, now: datetime
) -> CredentialClaims:
    brief, submission = attempt.brief_version.brief, attempt.submission
    decision = submission.decision
    return CredentialClaims(
        credential_id=f"{platform.issuer().url}/credentials/{credential_id}",
        subject=subject,
        learner_name=attempt.learner.name or attempt.learner.email,
        identity_salt=platform.random_bytes(SALT_BYTES).hex(),
        brief_id=brief.id,
        brief_version=brief.version,
        brief_title=brief.title,
        brief_digest=attempt.brief_version.digest,
        scenario=brief.scenario,
        commit=submission.commit,
        overall=decision.overall,
        pass_mark=brief.rubric.pass_mark,
        skills=tuple(
            SkillAssertion(one.skill, one.title, one.weight, one.ceiling)
            for one in decision.skill_assertions.order_by("skill")
        ),
        ledgers=tuple(_proof(mark) for mark in submission.marks.filter(entry__isnull=False).order_by("seat")),
        awarded_at=decision.signed_at or now,
        issued_at=now,
        status_index=index,
        rubric=_levels(brief, decision.scores),
    )


def _levels(brief: Brief, scores: Mapping[str, str]) -> tuple[RubricResult, ...]:
    """The level reached in every dimension whose levels the exam publishes."""
    reached = [(one, one.level_of(Decimal(scores[one.id]))) for one in brief.rubric.dimensions]
    return tuple(
        RubricResult(
            one.id,
            one.title,
            tuple(RubricLevel(level.id, level.title, score_text(level.least)) for level in one.levels),
            level.id,
        )
        for one, level in reached
        if level is not None
    )


def _proof(mark: Mark) -> LedgerProof:
    if mark.entry is None:
        raise ValueError("an unsealed mark proves nothing")
    return LedgerProof(mark.entry.ledger.origin, mark.entry.seq, mark.entry.seq + 1)
