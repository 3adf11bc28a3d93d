"""What agreement is computed from: sealed marks, decisions, drafts and readings of one version of a brief.

Only decided submissions count, so that nothing here says anything of a mark before its time.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Count, F, Func, JSONField, QuerySet

from jobtwin.core.brief import Brief
from jobtwin.evals.marked import DecidedCase, MarkedPass, ReadingCount
from jobtwin.store.models import BriefVersion, CriterionReading, Decision, Mark, Programme

MAX_CASES = 1_000
"""The newest decisions that figures are of: a page must not grow with the data."""


class _Path(Func):
    function = "jsonb_path_query_array"
    output_field = JSONField()


def decided_cases(version: BriefVersion, programmes: QuerySet[Programme]) -> list[DecidedCase]:
    """The newest MAX_CASES decided submissions of a version in these programmes; copies of gold are none."""
    rows = (
        Decision.objects.filter(
            submission__attempt__brief_version=version,
            submission__attempt__programme__in=programmes,
            submission__attempt__calibration=False,
            submission__attempt__voided_at__isnull=True,
            signed_at__isnull=False,
        )
        .annotate(names=_drafted("id"), drafted=_drafted("score"))
        .order_by("-signed_at")
        .values_list("submission_id", "scores", "names", "drafted")[:MAX_CASES]
    )
    found = list(rows)
    marks: dict[object, list[Mark]] = {}
    sealed = Mark.objects.filter(submission_id__in=[row[0] for row in found], sealed_at__isnull=False)
    for mark in sealed.only("submission_id", "scores", "first_pass", "seat").order_by("seat"):
        marks.setdefault(mark.submission_id, []).append(mark)
    return [_case(version.brief, row, marks.get(row[0], [])) for row in found]


def reading_counts(version: BriefVersion, programmes: QuerySet[Programme]) -> list[ReadingCount]:
    """Readings of drafted verdicts, counted."""
    rows = (
        CriterionReading.objects.filter(
            mark__submission__attempt__brief_version=version,
            mark__submission__attempt__programme__in=programmes,
            mark__submission__attempt__decided_at__isnull=False,
        )
        .values_list("dimension", "drafted", "reading")
        .annotate(count=Count("pk"))
        .order_by("dimension", "drafted", "reading")
    )
    return [ReadingCount(*row) for row in rows]


def _drafted(key: str) -> Func:
    template = f"%(function)s(%(expressions)s, '$.dimensions[*].{key}')"
    return _Path(F("submission__draft_review__document"), template=template)


def _case(
    brief: Brief,
    row: tuple[object, Mapping[str, str], list[str] | None, list[float] | None],
    marks: list[Mark],
) -> DecidedCase:
    _, scores, names, drafted = row
    known = {one.id for one in brief.rubric.dimensions}
    pairs = zip(names or [], drafted or [], strict=True)
    return DecidedCase(
        tuple(one.exact_scores() for one in marks if one.seat < 3),
        {one: Decimal(text) for one, text in scores.items()},
        {name: Decimal(str(score)) for name, score in pairs if name in known},
        tuple(
            MarkedPass({one: Decimal(text) for one, text in mark.first_pass.items()}, mark.exact_scores())
            for mark in marks
            if mark.first_pass is not None
        ),
    )
