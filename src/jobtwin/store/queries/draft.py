"""Drafts of an attempt."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Max, QuerySet

from jobtwin.core.errors import NotFound
from jobtwin.store.models import Attempt, Draft


def newest_versions(attempts: Iterable[Attempt]) -> dict[UUID, int]:
    """The newest saved version of each attempt that has one."""
    ids = [one.pk for one in attempts]
    rows = Draft.objects.filter(attempt__in=ids).values("attempt_id").annotate(newest=Max("version"))
    return {row["attempt_id"]: row["newest"] for row in rows}


def drafts_of(attempt: Attempt) -> QuerySet[Draft]:
    """All saved versions, the newest first."""
    return Draft.objects.filter(attempt=attempt).order_by("-version")


def draft_version(attempt: Attempt, version: int) -> Draft:
    """One saved version. Raises NotFound."""
    found = Draft.objects.filter(attempt=attempt, version=version).first()
    if found is None:
        raise NotFound("no such version of this draft was saved")
    return found
