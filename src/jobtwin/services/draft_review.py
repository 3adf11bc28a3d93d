"""Recording the draft review."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from jobtwin.core.draft_review import DraftReview
from jobtwin.store.models import Attempt, DraftReviewRecord, Submission


def record_draft_review(
    *, submission: Submission, draft: DraftReview, quotes: Mapping[str, str], now: datetime
) -> None:
    """Records the draft once and opens the submission for marking."""
    with transaction.atomic():
        DraftReviewRecord.objects.get_or_create(
            submission=submission,
            defaults={"document": draft.as_json(), "quotes": dict(quotes), "recorded_at": now},
        )
        Attempt.objects.filter(pk=submission.attempt_id, verified_at__isnull=True).update(verified_at=now)
