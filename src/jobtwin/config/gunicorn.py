"""How gunicorn serves: `gunicorn --config python:jobtwin.config.gunicorn jobtwin.config.wsgi`.

The same file serves in a container, under Kubernetes and under systemd. SIGTERM lets requests finish.
"""

import os

from jobtwin.config.numbers import whole_number

bind = os.environ.get("JOBTWIN_WEB_BIND") or "0.0.0.0:8000"
workers = whole_number(os.environ, "JOBTWIN_WEB_WORKERS", default=2, most=64)
threads = whole_number(os.environ, "JOBTWIN_WEB_THREADS", default=8, most=64)
worker_class = "gthread"
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
