"""Quoting lines of the pinned commit in a comment."""

from datetime import datetime

from django.db import transaction

from jobtwin.core.errors import BadInput, Conflict
from jobtwin.core.evidence import Span
from jobtwin.core.quotation import can_be_written, quotation, quoted_spans
from jobtwin.services.mark import MAX_COMMENT
from jobtwin.store.models import Mark


def quote_lines(*, mark: Mark, dimension: str, span: Span, now: datetime) -> Mark:
    """Writes the place of `span` below what the saved comment says already; the caller read those lines.

    Raises BadInput for a dimension that the brief does not have, a path that a comment cannot name or a
    comment that grows too long, Conflict where the mark is sealed.
    """
    known = {one.id for one in mark.submission.attempt.brief_version.brief.rubric.dimensions}
    if dimension not in known:
        raise BadInput("choose the dimension whose comment quotes these lines")
    if not can_be_written(span.path):
        raise BadInput("a comment cannot name this path; describe the file in words")
    with transaction.atomic():
        locked = Mark.objects.select_for_update(of=("self",)).get(pk=mark.pk)
        if locked.sealed_at is not None:
            raise Conflict("this mark is sealed; nothing in it can be changed")
        comment = locked.comments.get(dimension, "")
        if span not in quoted_spans(comment):
            comment = f"{comment.rstrip()}\n{quotation(span)}".lstrip("\n")
        if len(comment) > MAX_COMMENT:
            raise BadInput(f"a comment has at most {MAX_COMMENT} characters")
        locked.comments = locked.comments | {dimension: comment}
        locked.version, locked.saved_at = locked.version + 1, now
        locked.save(update_fields=["comments", "version", "saved_at"])
    return locked
