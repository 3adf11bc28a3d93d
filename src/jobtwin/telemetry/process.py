"""The counters of this process, or of all processes that gunicorn started together."""

import os

from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes that serve together keep their counters; prometheus_client reads it when it is loaded."""


def process_registry() -> CollectorRegistry:
    """What to give out: the sum over siblings where they share a folder, else this process alone."""
    if FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def serve_metrics(address: str, port: int) -> None:
    """Serves the counters of this process in a thread, for workers, which answer no other request."""
    start_http_server(port, addr=address, registry=REGISTRY)
