"""Spans over the OpenTelemetry API. Without an SDK they cost next to nothing and go nowhere.

Attributes are ids, names of our own and numbers; what a person or a model wrote is never one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode

TRACER = trace.get_tracer("jobtwin")
HEADER = "traceparent"

Attribute = str | int | float | bool


@contextmanager
def span(
    name: str, attributes: Mapping[str, Attribute] | None = None, *, kind: SpanKind = SpanKind.INTERNAL
) -> Iterator[Span]:
    """A span around a block. An exception ends it as an error under its type's name alone: no message."""
    with TRACER.start_as_current_span(
        name,
        kind=kind,
        attributes=dict(attributes or {}),
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            failed(current, type(error).__name__)
            raise


def failed(current: Span, kind: str) -> None:
    """Marks a span as failed; `kind` is a short word."""
    current.set_attribute("error.type", kind)
    current.set_status(StatusCode.ERROR)


def carried() -> str:
    """The current span as a `traceparent` (W3C), "" where there is none: what a queued job takes along."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get(HEADER, "")


@contextmanager
def continued(traceparent: str) -> Iterator[None]:
    """Spans of the block belong to the trace that was carried here; anything else than a trace is ignored."""
    token = context.attach(propagate.extract({HEADER: traceparent[:100]}))
    try:
        yield
    finally:
        context.detach(token)


def current_ids() -> dict[str, str]:
    """`trace_id` and `span_id` in hex for a log line, empty outside of a span."""
    found = trace.get_current_span().get_span_context()
    if not found.is_valid:
        return {}
    return {
        "trace_id": trace.format_trace_id(found.trace_id),
        "span_id": trace.format_span_id(found.span_id),
    }
