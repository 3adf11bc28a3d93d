"""One request to a model as a span and metrics, by OpenTelemetry's conventions; no text of it."""

from contextlib import AbstractContextManager
from decimal import Decimal
from types import TracebackType
from typing import Self

from opentelemetry.trace import Span, SpanKind

from jobtwin.telemetry.meters import MODEL_CALLS, MODEL_COST, MODEL_SECONDS, MODEL_TOKENS
from jobtwin.telemetry.tracing import TRACER, failed


class Watched(AbstractContextManager["Watched"]):
    """`name` is PROVIDER:MODEL; enter it around the request, then tell what was `settled`."""

    def __init__(self, name: str, output_tokens: int) -> None:
        provider, _, model = name.partition(":")
        self._name = name
        self._outcome = "ok"
        self._span: Span = TRACER.start_span(
            f"chat {model}",
            kind=SpanKind.CLIENT,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": provider.partition("-")[0],
                "gen_ai.request.model": model,
                "gen_ai.request.max_tokens": output_tokens,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._outcome = str(getattr(error, "reason", "")) or type(error).__name__
            failed(self._span, self._outcome)

    def settled(self, tokens_in: int, tokens_out: int, cost: Decimal | None, seconds: float) -> None:
        """Tokens as booked, US dollars where the price is known; ends the span."""
        self._span.set_attribute("gen_ai.usage.input_tokens", tokens_in)
        self._span.set_attribute("gen_ai.usage.output_tokens", tokens_out)
        self._span.end()
        MODEL_CALLS.labels(self._name, self._outcome).inc()
        MODEL_SECONDS.labels(self._name).observe(max(0.0, seconds))
        MODEL_TOKENS.labels(self._name, "in").inc(tokens_in)
        MODEL_TOKENS.labels(self._name, "out").inc(tokens_out)
        if cost is not None:
            MODEL_COST.labels(self._name).inc(float(cost))
