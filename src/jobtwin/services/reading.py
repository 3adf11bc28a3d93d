"""Readings of a draft's verdicts: checked at every save, kept for good with the seal."""

from collections.abc import Mapping

from jobtwin.core.errors import Refused
from jobtwin.core.reading import parse_readings
from jobtwin.store.models import CriterionReading, DraftReviewRecord, Mark
from jobtwin.store.queries.mark import draft_visible


def checked_readings(mark: Mark, raw: Mapping[str, str]) -> dict[str, str]:
    """Readings of the draft that this mentor may see. Raises Refused while it is hidden, BadInput as
    `parse_readings` does."""
    given = {criterion: text for criterion, text in raw.items() if text != ""}
    if not given:
        return {}
    draft = _draft(mark)
    if draft is None or not draft_visible(mark):
        raise Refused("the draft review is not shown yet; there is nothing to accept or reject")
    return {criterion: one.value for criterion, one in parse_readings(draft.findings(), given).items()}


def keep_readings(*, mark: Mark) -> None:
    """Writes one row a reading; the caller's transaction seals the mark."""
    draft = _draft(mark)
    if draft is None or not mark.readings:
        return
    said = draft.by_model()
    CriterionReading.objects.bulk_create(
        CriterionReading(
            mark=mark,
            dimension=dimension,
            criterion=str(one["id"]),
            drafted=str(one["verdict"]),
            by_model=said.get(str(one["id"]), "")[:200],
            reading=mark.readings[str(one["id"])],
        )
        for dimension, one in draft.criteria()
        if str(one["id"]) in mark.readings
    )


def _draft(mark: Mark) -> DraftReviewRecord | None:
    return DraftReviewRecord.objects.filter(submission_id=mark.submission_id).first()
