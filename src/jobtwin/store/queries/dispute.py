"""Disputes of an attempt, as an operator answers them."""

from django.db.models import QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Attempt, Dispute


def disputes_of(attempt: Attempt) -> QuerySet[Dispute]:
    """All disputes of an attempt, the oldest first."""
    rows = Dispute.objects.filter(check_record__submission__attempt=attempt)
    return rows.select_related("check_record__submission__attempt")


def disputed_check(attempt: Attempt, check_id: str) -> Dispute:
    """The dispute of one check. Raises NotFound."""
    found = disputes_of(attempt).filter(check_record__check_id=check_id).first()
    if found is None:
        raise NotFound("no such check of this attempt is disputed")
    return found
