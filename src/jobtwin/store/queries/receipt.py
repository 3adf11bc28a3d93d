"""A learner's own receipts."""

from uuid import UUID

from django.db.models import QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Attempt, Receipt


def receipts_of(attempt: Attempt) -> QuerySet[Receipt]:
    """All receipts of an attempt, oldest first."""
    return Receipt.objects.filter(attempt=attempt)


def own_receipt(attempt: Attempt, receipt_id: UUID) -> Receipt:
    """One receipt of the attempt. Raises NotFound."""
    found = Receipt.objects.filter(attempt=attempt, pk=receipt_id).first()
    if found is None:
        raise NotFound("this attempt has no such receipt")
    return found
