"""/metrics: who may read it, what it says of the database, and that it names nobody."""

import logging

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

TOKEN = "t" * 40


def test_only_the_token_opens_it_and_without_one_only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from django.conf import settings

    from tests.host.web.visits import client

    assert client().get("/metrics").status_code == 200
    assert client().get("/metrics", REMOTE_ADDR="192.0.2.9").status_code == 404
    monkeypatch.setattr(settings, "JOBTWIN", replace(settings.JOBTWIN, metrics_token=TOKEN))
    assert client().get("/metrics").status_code == 404
    assert client().get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 404
    assert client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_it_tells_queues_deadlines_and_ledgers() -> None:
    from datetime import timedelta

    from jobtwin.store.models import Attempt
    from jobtwin.store.queries.telemetry import snapshot
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer
    from tests.host.web.visits import client, text_of

    people = everybody()
    submission = verified(people.ada)
    marks = [claimed(submission, one) for one in (people.max, people.noor)]
    sealed(marks[0], "0.80", writer())
    page = text_of(client().get("/metrics"))
    assert 'jobtwin_queue_jobs{queue="review",status="todo"} 2.0' in page  # the draft, the comparison
    assert 'jobtwin_attempts{state="marking"} 1.0' in page
    assert "jobtwin_ledger_unsigned 0.0" in page
    assert "jobtwin_database_up 1.0" in page
    sla = submission.attempt.brief_version.brief.sla
    claimed_at = min(mark.claimed_at for mark in marks)
    assert (snapshot(NOW).marks_at_risk, snapshot(NOW).marks_late) == (0, 0)
    soon = snapshot(claimed_at + sla * 0.9)
    assert (soon.marks_at_risk, soon.marks_late) == (1, 0)
    late = snapshot(claimed_at + sla + timedelta(seconds=1))
    assert (late.marks_at_risk, late.marks_late) == (0, 1)
    assert "ada" not in page.lower()
    Attempt.objects.update(calibration=True)  # a copy for calibration is nobody's exam
    copied = snapshot(claimed_at + sla * 2)
    assert (sum(copied.attempts.values()), copied.marks_at_risk, copied.marks_late) == (0, 0, 0)


def test_it_tells_of_webhooks_that_wait_fail_and_are_off() -> None:
    from datetime import timedelta

    from jobtwin.core.webhook import Tried
    from jobtwin.services.delivery import record_try, take_delivery
    from jobtwin.services.webhook import turn_off
    from jobtwin.store.queries.telemetry import Webhooks, snapshot
    from tests.host.people import NOW, everybody, started
    from tests.host.receivers import listening
    from tests.host.web.visits import client, text_of

    people = everybody()
    url = "https://hooks.harbour.dev/"
    endpoint, _ = listening("attempt.started", url=url)
    started(people.ada)
    assert snapshot(NOW).webhooks == Webhooks(0, 0, 1, 0.0)
    assert snapshot(NOW + timedelta(minutes=5)).webhooks == Webhooks(0, 0, 1, 300.0)
    taken = take_delivery(endpoint_id=endpoint.pk, now=NOW)
    assert taken is not None
    record_try(delivery=taken, tried=Tried(500, 1), now=NOW)
    assert snapshot(NOW).webhooks == Webhooks(1, 0, 1, 0.0)
    turn_off(endpoint=endpoint, actor=people.olga, now=NOW)
    assert snapshot(NOW).webhooks == Webhooks(0, 1, 0, 0.0)
    assert "jobtwin_webhooks_off 1.0" in text_of(client().get("/metrics"))


def test_a_request_is_counted_and_told_by_its_route(caplog: pytest.LogCaptureFixture) -> None:
    from jobtwin.telemetry.meters import REQUESTS
    from tests.host.web.visits import client

    counted = REQUESTS.labels("brief", "GET", "404")._value
    before = counted.get()
    with caplog.at_level(logging.INFO, logger="jobtwin.request"):
        client().get("/briefs/no-such-brief")
        client().get("/healthz")
    assert counted.get() == before + 1
    (line,) = [one for one in caplog.records if one.name == "jobtwin.request"]
    assert (vars(line)["route"], vars(line)["status"]) == ("brief", 404)
    assert "no-such-brief" not in str(vars(line))


def test_a_queued_job_carries_the_trace_of_its_request() -> None:
    from opentelemetry import trace
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jobtwin.store.queue import defer

    current = SpanContext(7, 9, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with use_span(NonRecordingSpan(current)):
        defer("review_submission", submission_id="x")
    assert trace.format_trace_id(7) in ProcrastinateJob.objects.latest("id").args["trace"]
    defer("review_submission", submission_id="y")
    assert "trace" not in ProcrastinateJob.objects.latest("id").args
