"""How gunicorn serves: `gunicorn --config python:jobtwin.config.gunicorn jobtwin.config.wsgi`.

The same file serves in a container, under Kubernetes and under systemd. SIGTERM lets requests finish.
"""

import os
import tempfile

from jobtwin.config.numbers import whole_number

# Processes that serve together count together; prometheus_client looks for the folder when it is loaded.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="jobtwin-metrics-"))

bind = os.environ.get("JOBTWIN_WEB_BIND") or "0.0.0.0:8000"
workers = whole_number(os.environ, "JOBTWIN_WEB_WORKERS", default=2, most=64)
threads = whole_number(os.environ, "JOBTWIN_WEB_THREADS", default=4, most=64)
worker_class = "jobtwin.config.queueing.QueueingWorker"
worker_tmp_dir = "/dev/shm"  # noqa: S108  heartbeats touch a file, which must not wait for a disk
timeout = 30
graceful_timeout = 25
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
loglevel = "warning"


def child_exit(_server: object, worker: object) -> None:
    """Keeps the counts of an ended process, and forgets its gauges."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  see above

    mark_process_dead(getattr(worker, "pid", 0))  # type: ignore[no-untyped-call]
