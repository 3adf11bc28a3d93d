"""Receipts: what the platform signed at each start, saved draft and submission."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from jobtwin.store.models import Attempt, Receipt
from jobtwin.store.queries.attempt import own_attempt
from jobtwin.store.queries.credential import issuer_did
from jobtwin.store.queries.receipt import own_receipt, receipts_of
from jobtwin.web.api.access import EXAM_READ, ApiRequest, person_of
from jobtwin.web.api.paging import Listed, Page, page_of
from jobtwin.web.api.problem import PROBLEMS, PUBLIC_PROBLEMS, Problem

router = Router(tags=["receipts"])
public = Router(tags=["receipts"])


class ReceiptOut(Schema):
    """A receipt. `document` is what `jobtwin receipt verify` checks, against the DID document."""

    id: UUID
    what: str = Field(description="start, draft, submit, extend, withdraw or void")
    draft_version: int
    at: datetime
    document: dict[str, Any]


class ReceiptList(Listed):
    """A page of receipts, the oldest first."""

    items: list[ReceiptOut]


@router.get(
    "/{uuid:attempt_id}/receipts",
    auth=EXAM_READ,
    response={200: ReceiptList, PROBLEMS: Problem},
    operation_id="list_receipts",
)
def list_receipts(request: ApiRequest, attempt_id: UUID, page: Query[Page]) -> dict[str, object]:
    """All receipts of an own attempt."""
    attempt = own_attempt(person_of(request), attempt_id)
    return page_of(receipts_of(attempt), page, lambda rows: [receipt_out(one) for one in rows])


@router.get(
    "/{uuid:attempt_id}/receipts/{uuid:receipt_id}",
    auth=EXAM_READ,
    response={200: dict[str, Any], PROBLEMS: Problem},
    operation_id="get_receipt",
)
def get_receipt(request: ApiRequest, attempt_id: UUID, receipt_id: UUID) -> dict[str, Any]:
    """The signed document of one receipt, to be kept as a file."""
    attempt = own_attempt(person_of(request), attempt_id)
    document: dict[str, Any] = own_receipt(attempt, receipt_id).document
    return document


@public.get(
    "/receipt-keys", response={200: dict[str, Any], PUBLIC_PROBLEMS: Problem}, operation_id="get_receipt_keys"
)
def get_receipt_keys(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001  ninja's signature
    """The issuer's DID document, which holds every key for receipts that ever was."""
    return issuer_did()


def receipt_of(attempt: Attempt, what: str, draft_version: int | None = None) -> ReceiptOut:
    """The receipt that was given with a write just now."""
    rows = Receipt.objects.filter(attempt=attempt, what=what)
    return receipt_out(rows.get() if draft_version is None else rows.get(draft_version=draft_version))


def receipt_out(receipt: Receipt) -> ReceiptOut:
    """A stored receipt as the API shows it."""
    return ReceiptOut(
        id=receipt.pk,
        what=receipt.what,
        draft_version=receipt.draft_version,
        at=receipt.at,
        document=receipt.document,
    )
