"""Saving drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jobtwin.core.attempt import require_open, windows_of
from jobtwin.core.errors import BadInput, Conflict, Refused
from jobtwin.core.submission import Answer, parse_answers
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.receipt import give_receipt
from jobtwin.store.models import Attempt, Draft

MAX_SOURCE = 2_000
MAX_NOTES = 20_000


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner has written so far: repository address, notes to the mentors, self-check answers, and
    the logs of windows by id (a log that is left out stays as it was saved), and the address of the public
    artifact.
    """

    source: str = ""
    notes: str = ""
    answers: Mapping[str, str] | None = None
    logs: Mapping[str, str] | None = None
    artifact: str = ""


def save_draft(*, attempt: Attempt, work: Work, base_version: int, now: datetime) -> Draft:
    """Keeps a new version of the draft and gives a receipt; the deadline never moves.

    `base_version` is the version that the writer last saw (0: none). Raises Conflict where a newer
    one was saved meanwhile (nothing is overwritten), Refused where it would change the log of a window that
    is not open, TooLate and Conflict as `require_open` does.
    """
    if len(work.source) > MAX_SOURCE:
        raise BadInput(f"a repository address has at most {MAX_SOURCE} characters")
    if len(work.notes) > MAX_NOTES:
        raise BadInput(f"notes have at most {MAX_NOTES} characters; these have {len(work.notes)}")
    if len(work.artifact) > MAX_SOURCE:
        raise BadInput(f"the address of the public artifact has at most {MAX_SOURCE} characters")
    if "\0" in work.source + work.artifact + work.notes + "".join((work.logs or {}).values()):
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
        body: dict[str, object] = {
            "source": work.source.strip(),
            "notes": work.notes,
            "answers": _plain(answers),
        }
        if work.artifact.strip():
            body["artifact"] = work.artifact.strip()
        logs = _logs(attempt, locked, newest, work.logs or {}, now)
        draft = Draft.objects.create(
            attempt=attempt,
            version=base_version + 1,
            body=body | {"logs": logs} if attempt.brief_version.brief.windows else body,
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


def saved_work(draft: Draft | None) -> Work:
    """What a saved version holds; nothing where none was saved."""
    if draft is None:
        return Work()
    body = draft.body
    return Work(
        body["source"], body["notes"], body["answers"], body.get("logs", {}), body.get("artifact", "")
    )


def _logs(
    attempt: Attempt, locked: Attempt, newest: Draft | None, given: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The logs of all windows: the open one's may change, every other one's stays as it was saved."""
    times = windows_of(attempt.brief_version.brief, locked.facts)
    unknown = sorted(set(given) - {one.window.id for one in times})
    if unknown:
        raise BadInput(f"this exam has no window {', '.join(unknown)}")
    kept = dict((newest.body.get("logs") or {}) if newest else {})
    for one in times:
        text = given.get(one.window.id, kept.get(one.window.id, ""))
        if len(text) > MAX_NOTES:
            raise BadInput(f"a log has at most {MAX_NOTES} characters; this has {len(text)}")
        if text != kept.get(one.window.id, "") and not one.is_open(now):
            when = "is closed" if one.is_over(now) else "is not open yet"
            raise Refused(
                f"the window {one.window.title} {when}: its log stays as it was saved; reload the page",
                code="window_closed",
            )
        kept[one.window.id] = text
    return kept


def _plain(answers: Mapping[str, Answer]) -> dict[str, str]:
    return {check: answer.value for check, answer in answers.items()}
