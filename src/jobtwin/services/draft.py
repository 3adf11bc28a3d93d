"""Saving drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jobtwin.core.attempt import require_open
from jobtwin.core.errors import BadInput, Conflict
from jobtwin.core.submission import Answer, parse_answers
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.receipt import give_receipt
from jobtwin.store.models import Attempt, Draft

MAX_SOURCE = 2_000
MAX_NOTES = 20_000


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner has written so far: repository address, notes to the mentors, self-check answers."""

    source: str = ""
    notes: str = ""
    answers: Mapping[str, str] | None = None


def save_draft(*, attempt: Attempt, work: Work, base_version: int, now: datetime) -> Draft:
    """Keeps a new version of the draft and gives a receipt; the deadline never moves.

    `base_version` is the version that the writer last saw (0: none). Raises Conflict where a newer
    one was saved meanwhile (nothing is overwritten), TooLate and Conflict as `require_open` does.
    """
    if len(work.source) > MAX_SOURCE:
        raise BadInput(f"a repository address has at most {MAX_SOURCE} characters")
    if len(work.notes) > MAX_NOTES:
        raise BadInput(f"notes have at most {MAX_NOTES} characters; these have {len(work.notes)}")
    if "\0" in work.source + work.notes:
        raise BadInput("the text holds a NUL character")
    answers = parse_answers(attempt.brief_version.brief, work.answers or {})
    with transaction.atomic():
        locked = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
        require_open(locked.facts, now=now)
        newest = latest_draft(attempt)
        if (newest.version if newest else 0) != base_version:
            raise Conflict(
                "this draft was changed in another window meanwhile; both texts are kept, reload to compare",
                code="draft_conflict",
            )
        draft = Draft.objects.create(
            attempt=attempt,
            version=base_version + 1,
            body={"source": work.source.strip(), "notes": work.notes, "answers": _plain(answers)},
            saved_at=now,
        )
        locked.brief_version = attempt.brief_version
        give_receipt(
            attempt=locked, what=Receipted.DRAFT, draft_version=draft.version, content=draft.body, now=now
        )
    return draft


def latest_draft(attempt: Attempt) -> Draft | None:
    """The newest saved version, or None."""
    return Draft.objects.filter(attempt=attempt).order_by("-version").first()


def _plain(answers: Mapping[str, Answer]) -> dict[str, str]:
    return {check: answer.value for check, answer in answers.items()}
