"""Drafting a review in a worker: by code, and by a model within code's bounds where the settings name one.

The model part runs in a thread with an event loop of its own; the job's thread writes a row for every call as
it happens. A killed job starts again and is given the answers that were kept; whatever fails, code's draft
stands.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from jobtwin.core.draft_review import DraftReview
from jobtwin.core.errors import JobTwinError
from jobtwin.review.draft import draft_review
from jobtwin.review.model.cache import AnswerCache
from jobtwin.review.model.decide import CallRecord
from jobtwin.review.model.reader import ModelReader
from jobtwin.review.model.service import ServiceModels
from jobtwin.services.check import record_event
from jobtwin.services.draft_review import record_model_call
from jobtwin.source.tree import Tree
from jobtwin.store.clock import database_now
from jobtwin.store.models import Submission
from jobtwin.store.platform import artefacts

NEVER_SHOWN = "never"


def draft_of(submission: Submission, tree: Tree, facts: Mapping[str, object]) -> DraftReview:
    """The draft of a submission's commit. Where a model cannot be asked, the reason stands in the log."""
    brief = submission.attempt.brief_version.brief
    calls: SimpleQueue[CallRecord | None] = SimpleQueue()
    try:
        reader = _reader(submission, calls)
    except JobTwinError as error:
        _log(submission, f"No model was asked: {error.message}")
        reader = None
    if reader is None:
        return draft_review(tree, brief, source=submission.source, facts=facts)
    with ThreadPoolExecutor(1) as thread:
        work = thread.submit(draft_review, tree, brief, source=submission.source, facts=facts, reader=reader)
        work.add_done_callback(lambda _: calls.put(None))
        while (call := calls.get()) is not None:
            record_model_call(submission=submission, call=call, now=database_now())
        return work.result()


def _reader(submission: Submission, calls: "SimpleQueue[CallRecord | None]") -> ModelReader | None:
    models = ServiceModels.from_environment(os.environ)
    attempt = submission.attempt
    brief = attempt.brief_version.brief
    if models is None or brief.marking.draft_visibility == NEVER_SHOWN:
        return None
    if not models.asks_for({attempt.programme.slug, brief.id}):
        return None
    learner = attempt.learner
    return ModelReader(
        models.endpoints(os.environ),
        models.settings,
        AnswerCache(artefacts().answers(submission.pk)),
        (learner.name, *learner.name.split(), learner.email.partition("@")[0]),
        on_call=calls.put,
    )


def _log(submission: Submission, text: str) -> None:
    record_event(submission=submission, phase="review", kind="log", text=text, now=database_now())
