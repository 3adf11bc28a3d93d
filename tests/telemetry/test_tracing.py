"""One trace from a request through its job to phases and model calls, without a word of anybody."""

from decimal import Decimal

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from jobtwin.jobs.traced import traced
from jobtwin.review.model.asking import ModelTrouble
from jobtwin.review.model.watched import Watched
from jobtwin.telemetry.meters import JOBS, MODEL_COST, MODEL_TOKENS
from jobtwin.telemetry.tracing import carried, continued, span
from jobtwin.verification.events import Progress, ignore


def test_a_job_goes_on_with_the_trace_of_the_request_that_queued_it(spans: InMemorySpanExporter) -> None:
    @traced("verify_submission")
    def job(submission_id: str) -> None:
        with Progress("F1", ignore, {}).phase("tests"):
            assert submission_id == "7"

    with span("POST submit"):
        traceparent = carried()
    job("7", trace=traceparent)  # type: ignore[call-arg]

    found = {one.name: one for one in spans.get_finished_spans()}
    assert list(found) == ["POST submit", "phase tests", "job verify_submission"]
    assert len({one.context.trace_id for one in found.values() if one.context}) == 1
    parent = found["job verify_submission"].parent
    assert parent
    assert found["POST submit"].context
    assert parent.span_id == found["POST submit"].context.span_id
    assert dict(found["phase tests"].attributes or {}) == {"jobtwin.check": "F1", "jobtwin.phase": "tests"}


def test_a_job_that_was_queued_without_a_trace_begins_one(spans: InMemorySpanExporter) -> None:
    @traced("review_submission")
    def job() -> None:
        """Nothing to do."""

    job()
    (only,) = spans.get_finished_spans()
    assert only.parent is None


@pytest.mark.parametrize(
    "nonsense", ["", "x", "00-zz-zz-00", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "é" * 500]
)
def test_what_is_no_trace_is_ignored(nonsense: str, spans: InMemorySpanExporter) -> None:
    with continued(nonsense), span("work"):
        pass
    (only,) = spans.get_finished_spans()
    assert only.parent is None


def test_a_failure_is_told_by_its_type_alone(spans: InMemorySpanExporter) -> None:
    @traced("issue_credential")
    def job() -> None:
        raise ValueError("ada@demo.example has no key")

    before = JOBS.labels("issue_credential", "failed")._value.get()
    with pytest.raises(ValueError, match="no key"):
        job()
    (only,) = spans.get_finished_spans()
    assert only.status.status_code is StatusCode.ERROR
    assert "ada" not in only.to_json()
    assert dict(only.attributes or {})["error.type"] == "ValueError"
    assert JOBS.labels("issue_credential", "failed")._value.get() == before + 1


def test_a_request_to_a_model_follows_the_conventions(spans: InMemorySpanExporter) -> None:
    watched = Watched("openai-chat:small", 1500)
    with watched:
        pass
    watched.settled(900, 80, Decimal("0.02"), 1.5)
    (only,) = spans.get_finished_spans()
    assert only.name == "chat small"
    assert dict(only.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "small",
        "gen_ai.request.max_tokens": 1500,
        "gen_ai.usage.input_tokens": 900,
        "gen_ai.usage.output_tokens": 80,
    }
    assert MODEL_TOKENS.labels("openai-chat:small", "in")._value.get() == 900
    assert MODEL_COST.labels("openai-chat:small")._value.get() == 0.02


def test_a_model_that_fails_is_told_with_the_reason(spans: InMemorySpanExporter) -> None:
    watched = Watched("anthropic:large", 1500)
    with pytest.raises(ModelTrouble), watched:
        raise ModelTrouble("http_529", again=True)
    watched.settled(10, 0, None, 0.1)
    (only,) = spans.get_finished_spans()
    assert dict(only.attributes or {})["error.type"] == "http_529"
