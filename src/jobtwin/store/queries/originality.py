"""Reading what submissions share, in the database: an index look-up for every fingerprint."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q

from jobtwin.store.models import OriginalityFacts, Similarity, Submission

LEAST_SHARED = 6
"""Unusual fingerprints that two submissions must share to be shown: several dozen lines, not one idiom."""
MOST_OTHERS = 3
"""A fingerprint that more other submissions hold is usual: an idiom, a template, the task itself."""
MOST_PAIRS = 5

_SHARED = """
WITH hits AS (
  SELECT mine.hash, other.submission_id FROM unnest(%(hashes)s::bigint[]) AS mine(hash)
  CROSS JOIN LATERAL (
    SELECT s.submission_id FROM store_fingerprint f JOIN store_fingerprintset s ON s.id = f.taken_id
    WHERE f.hash = mine.hash AND s.brief_id = %(brief)s AND s.submission_id <> %(submission)s
    LIMIT %(most)s + 1
  ) other
),
unusual AS (SELECT hash FROM hits GROUP BY hash HAVING count(*) <= %(most)s)
SELECT submission_id, array_agg(hash ORDER BY hash) FROM hits JOIN unusual USING (hash)
GROUP BY submission_id HAVING count(*) >= %(least)s ORDER BY count(*) DESC, submission_id LIMIT %(pairs)s
"""
"""One look-up a fingerprint, cut once it is known to be usual, so that what everybody has costs no more."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Another submission of the cohort with the unusual fingerprints that it shares."""

    submission: UUID
    hashes: frozenset[int]


def shared_with(*, submission: Submission, brief_id: str, hashes: list[int]) -> list[Shared]:
    """The submissions that share the most unusual fingerprints, best first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SHARED,
            {
                "hashes": hashes,
                "brief": brief_id,
                "submission": submission.pk,
                "most": MOST_OTHERS,
                "least": LEAST_SHARED,
                "pairs": MOST_PAIRS,
            },
        )
        return [Shared(other, frozenset(found)) for other, found in cursor.fetchall()]


def originality_of(submission: Submission) -> OriginalityFacts | None:
    """The facts of a submission, None until they are recorded."""
    return OriginalityFacts.objects.filter(submission=submission).first()


def similarities_of(submission: Submission) -> list[Similarity]:
    """Pairs that hold the submission, those with the most shared fingerprints first."""
    pairs = Similarity.objects.filter(Q(first=submission) | Q(second=submission))
    return list(pairs.order_by("-shared", "pk")[:MOST_PAIRS])
