"""The programs that the container check needs, and what this machine has of them."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache

from jobtwin.core.check import Reason
from jobtwin.verification.f2.finding import Decided

NEEDED = {"buildah": "buildah", "runc": "runc", "bwrap": "bubblewrap"}
"""Program and the package that brings it."""


@dataclass(frozen=True)
class Tools:
    """Versions by program, for the facts."""

    bwrap: str
    versions: dict[str, str]


def missing_tools() -> tuple[str, ...]:
    """What this machine lacks, as words for a person; empty where the check can run."""
    lacking = tuple(
        f"the package {package}" for name, package in NEEDED.items() if shutil.which(name) is None
    )
    # Building as an ordinary user would need maps of user ids that most machines do not set up.
    return lacking if os.geteuid() == 0 else (*lacking, "root")


def find_tools() -> Tools:
    """Raises Decided (no_engine) where something is missing."""
    lacking = missing_tools()
    if lacking:
        said = f"containers cannot be built here: this machine lacks {', '.join(lacking)}"
        raise Decided(Reason.NO_ENGINE, said)
    return Tools(str(shutil.which("bwrap")), dict(_versions()))


@lru_cache(maxsize=1)
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, _version(name)) for name in NEEDED)


def _version(program: str) -> str:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=False, env={"HOME": "/"}
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    found = re.search(r"\d+(?:\.\d+)+\S*", done.stdout)
    return found[0] if found else "unknown"
