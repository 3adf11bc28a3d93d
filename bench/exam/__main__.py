"""`python -m bench.exam`: see the package."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from bench.exam.result import Result, of_instance, of_parts
from bench.exam.site import build_site, write_front

ROOT = Path(__file__).parents[2]
JOBTWIN = (sys.executable, "-m", "jobtwin.cli.main")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that the base class has
        """Nothing: the exam's own lines are what a person wants to read."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.exam", description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    parser.add_argument("--only", metavar="F3,F4", help="these checks and the review, without an instance")
    asked = parser.parse_args()
    scratch = ROOT / "build" / "exam"
    shutil.rmtree(scratch, ignore_errors=True)
    clone = _clone(scratch / "clone")
    build_site(ROOT, asked.site)
    with _served(asked.site, _artifact(clone)) as origin:
        os.environ["JOBTWIN_LOOPBACK_ARTIFACTS"] = origin
        result = _parts(clone, asked.only) if asked.only else _instance(clone, scratch)
    write_front(ROOT, asked.site, result)
    print(*result.lines(), f"the site: {asked.site / 'index.html'}", sep="\n")


def _clone(into: Path) -> Path:
    """A clone of HEAD: uncommitted files of the working tree do not count."""
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(into)], check=True)
    return into


def _artifact(clone: Path) -> str:
    return str(tomllib.loads((clone / "jobtwin.toml").read_text("utf-8"))["artifact"]["url"])


@contextmanager
def _served(folder: Path, address: str) -> Iterator[str]:
    """Serves the folder at the address while the block runs; yields its host:port."""
    place = urlsplit(address)
    host, port = place.hostname or "", place.port or 0
    with ThreadingHTTPServer((host, port), partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"{host}:{port}"
        finally:
            server.shutdown()


def _instance(clone: Path, scratch: Path) -> Result:
    """The whole exam on an instance of its own; environments and base images come from the usual cache."""
    own = {"JOBTWIN_HOME": str(scratch / "home"), "JOBTWIN_KEYS": str(scratch / "keys")}
    out = scratch / "result"
    subprocess.run(
        [*JOBTWIN, "demo", "--repo", str(clone), "--out", str(out)], check=True, env=os.environ | own
    )
    return of_instance(out)


def _parts(clone: Path, only: str) -> Result:
    done = subprocess.run(
        [*JOBTWIN, "verify", str(clone), "--only", only, "--json"], stdout=subprocess.PIPE, check=False
    )
    return of_parts(clone, json.loads(done.stdout))


if __name__ == "__main__":
    main()
