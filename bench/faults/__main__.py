"""python -m bench.faults [--seconds 120] [--only killed,...] [--write]: the table of docs/faults.md."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.faults import processes, surroundings
from bench.faults.instance import Instance, instance, small_disk
from bench.faults.judge import Row

FAULTS: dict[str, Callable[[Instance, float], Row]] = {
    "killed": processes.killed,
    "cut": processes.cut,
    "worker-disk": surroundings.worker_disk,
    "database-disk": surroundings.database_disk,
    "clock": processes.stepped,
    "names": surroundings.names,
    "provider": surroundings.provider,
    "deliveries": processes.delivered,
}
ON_A_SMALL_DISK = {"database-disk"}
DISK_MEBIBYTES = 400
PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
HEAD = (
    "| fault | what was done | submissions | lost | twice | wrongly blamed | inconclusive (ours) | ended |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--seconds", type=float, default=120, help="of random kills (600: ten minutes)")
    parser.add_argument("--only", default=",".join(FAULTS), help="some of them, by commas")
    parser.add_argument("--write", action="store_true", help="put the table into docs/faults.md")
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    if len(chosen) > 1:
        good = not [name for name in chosen if not _alone(name, asked.seconds, write=asked.write)]
    else:
        good = _one(chosen[0], asked.seconds, write=asked.write)
    sys.exit(0 if good else 1)


def _alone(name: str, seconds: float, *, write: bool) -> bool:
    """Each fault on an instance and in a process of its own."""
    words = ["-m", "bench.faults", "--only", name, "--seconds", str(seconds), *(["--write"] if write else [])]
    return subprocess.run([sys.executable, *words], check=False).returncode == 0


def _one(name: str, seconds: float, *, write: bool) -> bool:
    began = time.monotonic()
    if name in ON_A_SMALL_DISK:
        folder = Path(f"/var/lib/jobtwin-faults-disk-{os.getpid()}")
        with small_disk(folder, DISK_MEBIBYTES), instance(folder) as one:
            row = FAULTS[name](one, seconds)
        folder.rmdir()
    else:
        with instance() as one:
            row = FAULTS[name](one, seconds)
    print(row.line(), f"({time.monotonic() - began:.0f} s)", flush=True)
    if write:
        PAGE.write_text(with_row(PAGE.read_text(), row))
    return row.good


def with_row(page: str, row: Row) -> str:
    """The page with the row in the place of the former one of the same fault, or at the table's end."""
    before, head, rest = page.partition(HEAD)
    lines = rest.lstrip("\n").split("\n")
    end = next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))
    rows = [line for line in lines[:end] if not line.startswith(f"| {row.fault} |")]
    return "\n".join([before + head, *rows, row.line(), *lines[end:]])


if __name__ == "__main__":
    main()
