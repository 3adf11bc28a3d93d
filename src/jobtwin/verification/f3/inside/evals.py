"""Runs inside the sandbox: starts the stand-in model, runs the evals command, says what it left behind.

Started with the system's interpreter (`-I -S`) from a read-only layer; reads one JSON order from
standard input and writes one JSON line to the result pipe. The command inherits neither pipe, and
cannot reach them through /proc: this process is not dumpable, so that its descriptors and its memory
are closed to other processes of the same user (prctl(2), proc(5)). It can still kill this process;
then no result is written, and the run counts as crashed.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from .files import compare, read, survey
from .standin import StandIn

TOP = "/w"
PLACE = "/jt/inside/"
"""Where this package lies in a sandbox, and nowhere else."""
PR_SET_DUMPABLE = 4


def main(result_fd: int) -> int:
    """The whole run; 0 once its result is written. Refuses to start outside a sandbox."""
    if not __file__.startswith(PLACE):
        sys.exit("this program ends every other process it can reach: it runs in a sandbox only")
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        sys.exit("the runner of the evals could not close itself to other processes")
    os.set_inheritable(result_fd, False)  # noqa: FBT003 - the signature of the standard library
    order = json.load(sys.stdin)
    prefix = order["prefix"]
    before = survey(TOP)
    server = StandIn()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ended = _run(order, server.base_url)
    # Whatever the command left running must not change files while they are read.
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    result = {
        **ended,
        "calls": dict(server.calls),
        "unknown": dict(server.unknown),
        **compare(TOP, before, [f"{prefix}{path}" for path in order["reports"]]),
        "data": {path: read(f"{TOP}/{prefix}{path}")[2] for path in order["data"]},
    }
    with os.fdopen(result_fd, "wb") as pipe:
        pipe.write(json.dumps(result).encode())
    return 0


def _run(order: dict[str, Any], base_url: str) -> dict[str, Any]:
    environment = {**os.environ, **order["environment"]}
    environment |= dict.fromkeys(order["base_url_names"], base_url)
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            order["argv"], cwd=order["cwd"], env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        return {"exit": None, "signal": None, "missing": error.strerror, "seconds": 0.0}
    code = process.wait()
    return {
        "exit": code if code >= 0 else None,
        "signal": -code if code < 0 else None,
        "missing": None,
        "seconds": round(time.monotonic() - started, 3),
    }
