"""Receipts, given in the transaction of what they speak of: there is never one without the other."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from jobtwin.core.errors import NotFound, OutsideFailure
from jobtwin.proofs.keys import RECEIPT
from jobtwin.proofs.receipt import Receipt as Said
from jobtwin.proofs.receipt import Receipted, content_digest, sign_receipt
from jobtwin.proofs.vault import Key
from jobtwin.store import platform
from jobtwin.store.models import Attempt, Receipt, Submission


def give_receipt(
    *,
    attempt: Attempt,
    what: Receipted,
    now: datetime,
    draft_version: int = 0,
    content: Mapping[str, object] | None = None,
    commit: str = "",
) -> Receipt:
    """Signs and stores a receipt; the caller's transaction holds it.

    Raises OutsideFailure where the platform has no key for receipts: then nothing is accepted either.
    """
    said = Said(
        id=str(uuid4()),
        issuer=platform.issuer().did,
        what=what,
        attempt=str(attempt.pk),
        at=now,
        deadline=_held(attempt, now),
        brief=attempt.brief_version.digest,
        draft=draft_version,
        content="" if content is None else content_digest(content),
        commit=commit,
    )
    return Receipt.objects.create(
        id=said.id,
        attempt=attempt,
        what=what.value,
        draft_version=draft_version,
        at=now,
        document=sign_receipt(said, _key()),
    )


def _held(attempt: Attempt, now: datetime) -> datetime:
    """The deadline that holds at `now`: the grace's end where the deadline is over and a grace was given."""
    in_grace = now >= attempt.deadline and attempt.grace_until is not None
    return attempt.grace_until if in_grace and attempt.grace_until else attempt.deadline


def submitted_content(submission: Submission) -> dict[str, object]:
    """What the digest of a submission's receipt is over."""
    content: dict[str, object] = {
        "source": submission.source,
        "notes": submission.notes,
        "answers": submission.answers,
        "forced": submission.forced,
        "force_reason": submission.force_reason,
    }
    if submission.artifact:
        content["artifact"] = submission.artifact
    return content | {"logs": submission.logs} if submission.logs else content


def _key() -> Key:
    try:
        return platform.active_key(RECEIPT)
    except NotFound as error:
        raise OutsideFailure(
            "the platform has no key to sign receipts with, so nothing was changed; its operator makes one "
            "with `jobtwin keys init`",
            retry=True,
            code="no_receipt_key",
        ) from error
