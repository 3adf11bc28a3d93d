"""One JSON line per event, and counters in the Prometheus text format. No report text."""

import json
import logging
import sys
import threading
import traceback
from collections import Counter
from datetime import UTC, datetime

log = logging.getLogger("kerbside")


class JsonLines(logging.Formatter):
    """A record as one line of JSON with the fields given as `extra={"fields": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Control characters are escaped by JSON, so that no value can forge a second line.
        Of an error its class and place are told; its message might quote a report."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["at"] = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
        return json.dumps(line)


def log_to_stdout() -> None:
    """Send every record, the server's own included, to standard output as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log the model's address


class Metrics:
    """Counters by name and labels. Labels come from code only, so their number is bounded."""

    def __init__(self) -> None:
        self._values: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, amount: float = 1, **labels: str) -> None:
        """Raise a counter."""
        with self._lock:
            self._values[name, tuple(sorted(labels.items()))] += amount  # type: ignore[assignment]

    def render(self) -> str:
        """All counters, sorted, in the text exposition format 0.0.4."""
        with self._lock:
            values = sorted(self._values.items())
        lines: list[str] = []
        for (name, labels), value in values:
            kind = f"# TYPE {name} counter"
            if kind not in lines:
                lines.append(kind)
            inner = ",".join(f'{key}="{text}"' for key, text in labels)
            lines.append(f"{name}{{{inner}}} {value:g}" if inner else f"{name} {value:g}")
        return "\n".join(lines) + "\n"
