"""Extending time: one act that moves every lock that depends on it, for one learner or for all."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from jobtwin.core.attempt import extended, windows_of
from jobtwin.core.errors import BadInput, JobTwinError, Refused
from jobtwin.core.instant import utc_text
from jobtwin.proofs.receipt import Receipted
from jobtwin.services.audit import record_act
from jobtwin.services.event import publish
from jobtwin.services.learner_news import tell_learner
from jobtwin.services.reason import written_reason
from jobtwin.services.receipt import give_receipt
from jobtwin.store.models import Attempt, BriefVersion, Extension, Person, Role
from jobtwin.store.queries.programme import programmes_with

MAX_MINUTES = 60 * 24 * 365


def extend_attempt(
    *,
    attempt: Attempt,
    kind: str,
    minutes: int,
    reason: str,
    operator: Person,
    now: datetime,
    window: str | None = None,
) -> Extension:
    """Grants `minutes` more, also after the end, and gives the learner a receipt with the new deadline.

    The window named (None: the open one, or the last) becomes longer; its end, all later ends, the deadline
    and a grace move in one UPDATE. Raises BadInput for a kind, number or window that is none, Refused
    where the brief does not allow it or nothing would be open, Conflict where it was submitted.
    """
    why = written_reason(reason)
    if not 1 <= minutes <= MAX_MINUTES:
        raise BadInput(f"an extension has 1 to {MAX_MINUTES} minutes", code="bad_minutes")
    brief = attempt.brief_version.brief
    if kind not in ("accommodation", "incident"):
        raise BadInput("an extension is an accommodation or an incident", code="bad_kind")
    if kind not in brief.extensions.kinds:
        raise Refused(f"this exam allows no extension as {kind}", code="extension_kind")
    with transaction.atomic():
        locked = (
            Attempt.objects.select_for_update(of=("self",)).select_related("brief_version").get(pk=attempt.pk)
        )
        before = locked.deadline
        moved = extended(
            brief,
            locked.facts,
            by=timedelta(minutes=minutes),
            window=window,
            granted=_granted(locked),
            now=now,
        )
        Attempt.objects.filter(pk=locked.pk).update(
            deadline=moved.deadline, window_ends=list(moved.window_ends), grace_until=moved.grace_until
        )
        extension = Extension.objects.create(
            attempt=locked,
            kind=kind,
            minutes=minutes,
            window=_window_named(locked, window, now),
            reason=why,
            granted_by=operator,
            granted_at=now,
            deadline_before=before,
            deadline_after=moved.deadline,
        )
        locked.deadline = moved.deadline
        give_receipt(attempt=locked, what=Receipted.EXTEND, content=extension_content(extension), now=now)
        _publish(locked, extension, now)
        _note(locked, extension, now)
    attempt.refresh_from_db()
    return extension


def extend_everybody(
    *, brief_version: BriefVersion, kind: str, minutes: int, reason: str, operator: Person, now: datetime
) -> tuple[list[Extension], list[tuple[Attempt, str]]]:
    """Grants the same to every attempt at a version in the operator's programmes that is not submitted,
    withdrawn or voided, and whose deadline passed no longer ago than the extension is long. Gives those that
    were granted it, and the others with the reason.

    All or nothing where the input is wrong (BadInput); one attempt's refusal does not hinder the others.
    """
    written_reason(reason)
    open_ones = Attempt.objects.filter(
        brief_version=brief_version,
        programme__in=programmes_with(operator, Role.OPERATOR).order_by(),
        submitted_at__isnull=True,
        withdrawn_at__isnull=True,
        voided_at__isnull=True,
        deadline__gt=now - timedelta(minutes=max(1, min(minutes, MAX_MINUTES))),
    ).select_related("brief_version")
    granted: list[Extension] = []
    refused: list[tuple[Attempt, str]] = []
    for attempt in open_ones.order_by("pk"):
        try:
            granted.append(
                extend_attempt(
                    attempt=attempt, kind=kind, minutes=minutes, reason=reason, operator=operator, now=now
                )
            )
        except BadInput:
            raise
        except JobTwinError as error:
            refused.append((attempt, error.message))
    return granted, refused


def _publish(attempt: Attempt, extension: Extension, now: datetime) -> None:
    """Neither kind nor reason: an accommodation may speak of health."""
    facts = {
        "minutes": extension.minutes,
        "window": extension.window,
        "deadline_before": utc_text(extension.deadline_before),
        "deadline": utc_text(extension.deadline_after),
    }
    publish(attempt=attempt, kind="attempt.extended", facts=facts, now=now, key=f"extension {extension.pk}")


def _note(attempt: Attempt, extension: Extension, now: datetime) -> None:
    """In the audit, which can never be emptied, without kind and reason; and to the learner."""
    record_act(
        actor=extension.granted_by,
        programme=attempt.programme,
        what="attempt_extended",
        subject=f"attempt {attempt.pk}",
        facts={"minutes": extension.minutes},
        now=now,
    )
    tell_learner(
        attempt=attempt,
        kind="exam_extended",
        key=f"{attempt.pk} {extension.pk}",
        minutes=str(extension.minutes),
        now=now,
    )


def extension_content(extension: Extension) -> dict[str, object]:
    """What the digest of an extension's receipt is over."""
    return {
        "kind": extension.kind,
        "minutes": extension.minutes,
        "window": extension.window,
        "reason": extension.reason,
    }


def _granted(attempt: Attempt) -> timedelta:
    total = Extension.objects.filter(attempt=attempt).aggregate(total=Sum("minutes"))["total"]
    return timedelta(minutes=total or 0)


def _window_named(attempt: Attempt, window: str | None, now: datetime) -> str:
    times = windows_of(attempt.brief_version.brief, attempt.facts)
    if window is not None or not times:
        return window or ""
    return next((one.window.id for one in times if not one.is_over(now)), times[-1].window.id)
