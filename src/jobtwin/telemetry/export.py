"""Sends spans to a collector by OTLP over HTTP, where the usual variable names one."""

from collections.abc import Mapping

from opentelemetry import trace

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def export_spans(values: Mapping[str, str], *, service: str) -> bool:
    """Starts the export in batches; True where a collector is named. The SDK reads its usual variables."""
    if not values.get(ENDPOINT):
        return False
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True
