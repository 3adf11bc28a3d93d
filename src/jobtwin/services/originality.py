"""Recording fingerprints, pairs that share them, and facts for the mentor's desk; none enters a score."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jobtwin.store.models import Fingerprint, FingerprintSet, OriginalityFacts, Similarity, Submission


def record_fingerprints(
    *, submission: Submission, brief_id: str, hashes: Sequence[int], now: datetime
) -> None:
    """Keeps a submission's fingerprints once; a repeated job finds them there."""
    with transaction.atomic():
        taken, is_new = FingerprintSet.objects.get_or_create(
            submission=submission, defaults={"brief_id": brief_id, "count": len(hashes), "taken_at": now}
        )
        if is_new:
            Fingerprint.objects.bulk_create(
                (Fingerprint(taken=taken, hash=one) for one in hashes), batch_size=2000
            )


def record_similarity(
    *, submission: Submission, other: UUID, shared: int, places: Sequence[Mapping[str, object]], now: datetime
) -> None:
    """Keeps what two submissions share; `places` are as seen from `submission`."""
    turned = other < submission.pk
    first, second = (other, submission.pk) if turned else (submission.pk, other)
    listed = [
        {"first": one["second"], "second": one["first"], "prints": one["prints"]} if turned else dict(one)
        for one in places
    ]
    Similarity.objects.get_or_create(
        first_id=first, second_id=second, defaults={"shared": shared, "places": listed, "found_at": now}
    )


def record_originality(*, submission: Submission, document: Mapping[str, object], now: datetime) -> None:
    """Keeps the facts once."""
    OriginalityFacts.objects.get_or_create(
        submission=submission, defaults={"document": dict(document), "recorded_at": now}
    )
