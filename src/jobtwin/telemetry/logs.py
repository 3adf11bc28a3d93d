"""Log lines: JSON for machines or plain for people, with the trace's ids and without personal data."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

import structlog

from jobtwin.telemetry.tracing import current_ids

MAX_TEXT = 2000
"""Characters of one value; what is longer is cut."""
MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,255}")
PASSWORD_IN_URL = re.compile(r"(://[^/\s:@]{0,64}:)[^@\s/]{1,256}@")
KEPT = frozenset(
    {"event", "timestamp", "level", "logger", "trace_id", "span_id", "exception"}
    | {"route", "method", "status", "ms", "job", "queue", "check", "phase", "outcome", "seconds", "job_id"}
)
"""Fields that a line may have; others (a task's arguments, a request with its cookies) are dropped."""

Line = MutableMapping[str, Any]


def trace_ids(_logger: object, _method: str, line: Line) -> Line:
    """Adds the ids of the current span."""
    line.update(current_ids())
    return line


def nothing_personal(_logger: object, _method: str, line: Line) -> Mapping[str, Any]:
    """Drops unknown fields, and hides mail addresses and passwords of addresses in the others."""
    return {name: _hidden(value) for name, value in line.items() if name in KEPT or name.startswith("_")}


def _hidden(value: object) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if not isinstance(value, str):
        return value  # structlog's own record, taken away before anything is written
    text = PASSWORD_IN_URL.sub(r"\1…@", value[:MAX_TEXT])
    return MAIL.sub("…@…", text)


def logging_settings(form: Literal["json", "plain"], level: str) -> dict[str, Any]:
    """Django's LOGGING: one handler on standard error for everything, ours and the libraries'."""
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        trace_ids,
        structlog.processors.format_exc_info,
        nothing_personal,
    ]
    rendered = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"])
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"jobtwin": {"level": level}},
    }
