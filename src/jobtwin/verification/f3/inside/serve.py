"""The stand-in model as a service of its own, beside a started container."""

import json
import signal
import sys
import threading

from .standin import StandIn


def main(port: int) -> None:
    """Serves on the loopback until SIGTERM, then prints what was asked as one line of JSON."""
    server = StandIn(port)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    counts = {"calls": dict(server.calls), "unknown": dict(server.unknown)}
    sys.stdout.write(json.dumps(counts) + "\n")
