"""What a credential's page says of its state, and what its pictures show."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_noop

from jobtwin.core.ledger import score_text
from jobtwin.proofs.baking import verify_presented
from jobtwin.proofs.credential import document_bytes
from jobtwin.proofs.status_list import StatusPlace
from jobtwin.proofs.verification import Verification
from jobtwin.services.status_list import current_status_list
from jobtwin.store.models import Attempt, Credential
from jobtwin.store.queries.credential import issuer_did, newest_list
from jobtwin.store.queries.issued import Issued
from jobtwin.web.pictures.badge import Shown


@dataclass(frozen=True, slots=True)
class State:
    """One word, whether it is good news, when it came about, and why; `code` is the verifier's."""

    word: str
    good: bool
    code: str = ""
    since: datetime | None = None
    why: str = ""


def check_now(credential: Credential, now: datetime) -> Verification:
    """What a verifier says of the stored document at this instant, by the published keys and status list."""
    number = StatusPlace.of(credential.status_index).number
    return _check(document_bytes(credential.document), number, now)


def check_bytes(data: bytes, now: datetime) -> Verification:
    """The same of bytes that somebody hands over: a document, a token or a picture."""
    for number in range(newest_list(), -1, -1):
        outcome = _check(data, number, now)
        if outcome.code != "STATUS_MISMATCH":  # the credential names another list of ours
            break
    return outcome


def _check(data: bytes, number: int, now: datetime) -> Verification:
    signed = current_status_list(number=number, now=now)
    did = document_bytes(issuer_did())
    return verify_presented(data, did=did, status_list=document_bytes(signed), now=now)


def state_of(issued: Issued, outcome: Verification) -> State:
    """The state that people are told; only what the verifier finds valid is called so."""
    one = issued.credential
    if one.revoked_at is not None:
        word = gettext_noop("replaced") if issued.successor is not None else gettext_noop("revoked")
        return State(word, good=False, code="REVOKED", since=one.revoked_at, why=one.revocation_reason)
    if not outcome.valid:
        return State(gettext_noop("not valid"), good=False, code=outcome.code, why=outcome.sentence)
    if one.suspended_at is not None:
        return State(
            gettext_noop("under appeal"), good=False, since=one.suspended_at, why=one.suspension_reason
        )
    return State(gettext_noop("valid"), good=True)


def levels_reached(attempt: Attempt) -> list[tuple[str, str]]:
    """Dimension and level, of every dimension whose levels the exam publishes."""
    scores = attempt.submission.decision.scores
    dimensions = attempt.brief_version.brief.rubric.dimensions
    reached = ((one.title, one.level_of(Decimal(scores[one.id]))) for one in dimensions)
    return [(title, level.title) for title, level in reached if level is not None]


def picture_of(issued: Issued, state: State) -> Shown:
    """What badge and card show."""
    attempt = issued.credential.attempt
    brief, decision = attempt.brief_version.brief, attempt.submission.decision
    skills = [
        f"{one.title} {score_text(one.weight)}, ceiling {score_text(one.ceiling)}"
        for one in decision.skill_assertions.all()
    ]
    lines = (
        f"{score_text(decision.overall)} of 1.00, pass mark {score_text(brief.rubric.pass_mark)}",
        *skills[:3],
        f"Issued {issued.credential.issued_at:%Y-%m-%d}",
    )
    return Shown(brief.title, "Passed" if state.good else state.word.capitalize(), state.good, lines)


def document_text(credential: Credential) -> str:
    """The document in one line, as it is baked into pictures."""
    return json.dumps(credential.document, ensure_ascii=False, separators=(",", ":"))
