"""Issuing credentials, once an attempt, and revoking them."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from jobtwin.core.credential import CredentialClaims, LedgerProof
from jobtwin.core.errors import Conflict, Refused
from jobtwin.core.skill_assertion import SkillAssertion
from jobtwin.proofs.credential import issue_credential as sign_both
from jobtwin.proofs.keys import ISSUER_ED25519, ISSUER_P256
from jobtwin.proofs.status_list import LIST_ENTRIES
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Credential, Mark

SALT_BYTES = 16
INDEX_TRIES = 20


def issue_credential(*, attempt_id: UUID, now: datetime) -> Credential:
    """Issues the credential of a passed and signed attempt in both envelopes; again, gives the first.

    Raises Refused where the attempt did not pass.
    """
    attempt = Attempt.objects.select_related("learner", "brief_version").get(pk=attempt_id)
    known = Credential.objects.filter(attempt=attempt).first()
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
            known = Credential.objects.filter(attempt=attempt).first()
            if known is not None:
                return known
    raise Conflict("the status list is too full to find a free place")


def revoke_credential(*, credential: Credential, reason: str, now: datetime) -> None:
    """Revokes a credential with a reason, once."""
    if not reason.strip():
        raise Refused("say why the credential is revoked")
    changed = Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(
        revoked_at=now, revocation_reason=reason.strip()[:1000]
    )
    if not changed:
        raise Conflict("this credential is revoked already")


def _issue(attempt: Attempt, now: datetime) -> Credential:
    issuer, keys = platform.issuer(), platform.key_ring()
    credential_id = uuid4()
    # A random place in the list, so that a place says nothing of when or after whom it was issued.
    index = int.from_bytes(platform.random_bytes(8), "big") % LIST_ENTRIES
    issued = sign_both(
        _claims(attempt, credential_id, index, now),
        issuer,
        ed25519=keys.load(ISSUER_ED25519),
        p256=keys.load(ISSUER_P256),
        now=now,
    )
    return Credential.objects.create(
        id=credential_id,
        attempt=attempt,
        document=issued.document,
        jwt=issued.token,
        status_index=index,
        issued_at=now,
    )


def _claims(attempt: Attempt, credential_id: UUID, index: int, now: datetime) -> CredentialClaims:
    brief, submission = attempt.brief_version.brief, attempt.submission
    decision = submission.decision
    return CredentialClaims(
        credential_id=f"{platform.issuer().url}/credentials/{credential_id}",
        subject=f"urn:uuid:{uuid4()}",
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
    )


def _proof(mark: Mark) -> LedgerProof:
    if mark.entry is None:
        raise ValueError("an unsealed mark proves nothing")
    return LedgerProof(mark.entry.ledger.origin, mark.entry.seq, mark.entry.seq + 1)
