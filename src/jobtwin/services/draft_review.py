"""Recording the draft review and what each question to a model cost."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from jobtwin.core.draft_review import DraftReview
from jobtwin.review.model.decide import CallRecord
from jobtwin.services.event import publish_verification
from jobtwin.services.github_check import owe_check_run
from jobtwin.services.learner_news import tell_learner
from jobtwin.services.wanted import want_mentors
from jobtwin.store.models import Attempt, DraftReviewRecord, ModelCall, Submission
from jobtwin.store.queue import defer


def record_draft_review(
    *, submission: Submission, draft: DraftReview, quotes: Mapping[str, str], now: datetime
) -> None:
    """Records the draft once, opens the submission for marking, and queues the comparison."""
    with transaction.atomic():
        DraftReviewRecord.objects.get_or_create(
            submission=submission,
            defaults={"document": draft.as_json(), "quotes": dict(quotes), "recorded_at": now},
        )
        opened = Attempt.objects.filter(pk=submission.attempt_id, verified_at__isnull=True)
        if opened.update(verified_at=now):
            want_mentors(submission=submission, now=now)
            learners = Attempt.objects.select_related("learner", "brief_version")
            attempt = learners.get(pk=submission.attempt_id)
            tell_learner(attempt=attempt, kind="exam_verified", now=now)
            publish_verification(attempt=attempt, submission=submission, now=now)
            owe_check_run(submission=submission, now=now)
        programme = submission.attempt.programme_id
        defer("compare_submission", programme=programme, submission_id=str(submission.pk))


def record_model_call(*, submission: Submission, call: CallRecord, now: datetime) -> None:
    """Adds one question to a model, as it happened."""
    ModelCall.objects.create(
        submission=submission,
        criterion=call.criterion,
        neutral=call.neutral,
        model=call.model,
        outcome=call.outcome[:64],
        requests=call.requests,
        tokens_in=call.tokens_in,
        tokens_out=call.tokens_out,
        cost=call.cost,
        seconds=call.seconds,
        cached=call.cached,
        at=now,
    )
