"""Drafts by a model in the job: within code's bounds, paid once, and never in the way of code's draft."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.host.review.hostile import Handler, Seen, serving

if TYPE_CHECKING:
    from jobtwin.store.models import DraftReviewRecord, Submission

pytestmark = pytest.mark.host


def met(handler: Handler, message: str) -> None:
    """Met with every span that it is shown."""
    spans = re.findall(r"span (s-[0-9a-f]+) from", message)[:5]
    criterion = re.findall(r"Statement ([\w.-]+):", message)[0]
    handler.say(
        json.dumps({"criterion_id": criterion, "verdict": "met", "span_ids": spans, "note": "It is there."})
    )


@pytest.fixture
def submission(committed_db: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Submission]":
    """Ada's submission of the sample, fetched already."""
    from django.test import override_settings

    from jobtwin.cli.sample import make_sample
    from jobtwin.config.environment import read_environment
    from jobtwin.jobs.verification import _pinned
    from tests.host.people import everybody, submitted

    commit = make_sample(home / "sample")
    monkeypatch.setenv("JOBTWIN_LOCAL_SOURCES", f"sample={home / 'sample'}")
    made = submitted(everybody().ada, source="local:sample", commit=commit, development_source=True)
    with override_settings(JOBTWIN=read_environment()):
        _pinned(made).close()
        yield made


def reviewed(submission: "Submission") -> "DraftReviewRecord":
    from jobtwin.jobs.verification import review_submission
    from jobtwin.store.models import DraftReviewRecord

    DraftReviewRecord.objects.all().delete()
    review_submission(submission.pk)
    return DraftReviewRecord.objects.get()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    with serving(met) as (address, seen):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-test")
        monkeypatch.setenv("JOBTWIN_DRAFT_MODEL", "openai:test")
        monkeypatch.setenv("JOBTWIN_DRAFT_PRIVATE", "1")
        yield seen


def bounds(record: "DraftReviewRecord") -> list[tuple[float, float]]:
    return [(one["lower"], one["upper"]) for one in record.document["dimensions"]]


def test_a_model_moves_the_draft_inside_the_bounds_and_every_question_is_a_row(
    submission: "Submission", server: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.store.models import ModelCall

    record = reviewed(submission)
    monkeypatch.delenv("JOBTWIN_DRAFT_MODEL")
    plain = reviewed(submission)
    assert (record.document["model"], plain.document["model"]) == ("openai:test", "none")
    assert bounds(record) == bounds(plain)
    assert record.document["overall"]["score"] > plain.document["overall"]["score"]
    rows = list(ModelCall.objects.filter(submission=submission))
    assert {row.criterion for row in rows} == set(record.document["usage"]["by_model"])
    assert all(row.tokens_in > 0 and row.requests == 1 and row.outcome == "met" for row in rows)
    assert len(server.messages) == len(rows)
    assert not any(re.search(r"\bada\b", message, re.IGNORECASE) for message in server.messages)


def test_a_review_that_was_killed_asks_only_what_is_missing(submission: "Submission", server: Seen) -> None:
    from jobtwin.store.models import ModelCall

    first = reviewed(submission)
    asked = len(server.messages)
    again = reviewed(submission)
    assert len(server.messages) == asked
    assert again.document["dimensions"] == first.document["dimensions"]
    assert ModelCall.objects.filter(cached=True, requests=0).count() == asked


def test_where_a_programme_or_brief_wants_none_no_model_is_asked(
    submission: "Submission", server: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (submission.attempt.programme.slug, submission.attempt.brief_id):
        monkeypatch.setenv("JOBTWIN_DRAFT_WITHOUT", f"another, {name}")
        assert reviewed(submission).document["model"] == "none"
    assert server.messages == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1"),
        ("JOBTWIN_DRAFT_PRIVATE", ""),
        ("JOBTWIN_DRAFT_CALLS", "x"),
    ],
)
def test_a_model_that_cannot_be_asked_leaves_codes_draft_as_it_is(
    submission: "Submission", server: Seen, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    from jobtwin.store.models import VerificationEvent

    monkeypatch.setenv(name, value)
    record = reviewed(submission)
    assert all(one["score"] == one["lower"] for one in record.document["dimensions"])
    assert server.messages == []
    told = VerificationEvent.objects.filter(submission=submission, phase="review").values_list(
        "text", flat=True
    )
    assert bool(told) is (name != "OPENAI_BASE_URL"), "a model that is down is told in the draft's own notes"
