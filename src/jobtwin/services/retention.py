"""Removing what has been kept long enough. Ledgers, receipts, marks and the audit are never touched."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery

from jobtwin.core.retention import Retention, ended_before
from jobtwin.services.audit import record_act
from jobtwin.services.lti_launch import forget_launches
from jobtwin.services.once import KEPT
from jobtwin.services.source_token import forget_source_tokens
from jobtwin.store import platform
from jobtwin.store.models import (
    ApiToken,
    Delivery,
    Draft,
    IdempotencyRecord,
    Invitation,
    Submission,
    VerificationEvent,
)
from jobtwin.store.queue import defer

Rule = Callable[[datetime], int]


def keep_no_longer(*, retention: Retention, now: datetime) -> dict[str, int]:
    """Removes by every rule, and records how many of each in the audit. Safe to repeat."""
    rules: tuple[tuple[str, int, Rule], ...] = (
        ("drafts", retention.drafts, _drafts),
        ("progress", retention.progress, _progress),
        ("files", retention.files, lambda before: _files(before, now)),
        ("invitations", retention.invitations, _invitations),
        ("tokens", retention.tokens, _tokens),
        ("deliveries", retention.deliveries, _deliveries),
    )
    removed = {
        "answers": _answers(now),
        "sessions": _sessions(now),
        "launches": forget_launches(now=now),
        "source_tokens": forget_source_tokens(days=platform.login_rules().days, now=now),
    }
    for name, days, rule in rules:
        before = ended_before(days, now)
        removed[name] = 0 if before is None else rule(before)
    found = {name: count for name, count in removed.items() if count}
    if found:
        record_act(actor=None, programme=None, what="retention", subject="everything", facts=found, now=now)
    return removed


def _drafts(before: datetime) -> int:
    newest = Draft.objects.filter(attempt=OuterRef("attempt")).values("attempt").annotate(last=Max("version"))
    old = Draft.objects.filter(attempt__decided_at__lt=before).annotate(
        newest=Subquery(newest.values("last"))
    )
    return old.filter(version__lt=F("newest")).delete()[0]


def _progress(before: datetime) -> int:
    return VerificationEvent.objects.filter(submission__attempt__decided_at__lt=before).delete()[0]


def _files(before: datetime, now: datetime) -> int:
    """Queues the removal of files once: `bundle_sha256` stays, `files_erased_at` says that they are gone."""
    due = Submission.objects.filter(attempt__decided_at__lt=before, files_erased_at__isnull=True)
    with transaction.atomic():
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True))
        for one in ids:
            defer("erase_files", folder="submissions", name=str(one))
        Submission.objects.filter(pk__in=ids).update(files_erased_at=now)
    return len(ids)


def _invitations(before: datetime) -> int:
    ended = Q(expires_at__lt=before) | Q(revoked_at__lt=before)
    return Invitation.objects.filter(ended, accepted_at__isnull=True).delete()[0]


def _tokens(before: datetime) -> int:
    return ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before)).delete()[0]


def _deliveries(before: datetime) -> int:
    """Counts what is logged of each, too. One that still waits is kept, however old."""
    ended = Q(delivered_at__lt=before) | Q(given_up_at__lt=before)
    unsent = Q(endpoint__turned_off_at__lt=before, delivered_at__isnull=True)
    return Delivery.objects.filter(ended | unsent).delete()[0]


def _answers(now: datetime) -> int:
    return IdempotencyRecord.objects.filter(created_at__lte=now - KEPT).delete()[0]


def _sessions(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]
