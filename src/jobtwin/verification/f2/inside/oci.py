"""Calls of the container runtime inside the box."""

import subprocess

from .build import ENVIRONMENT, HOME


def runc() -> list[str]:
    """The runtime's program with the options that every call has."""
    return ["runc", "--root", str(HOME / "runc")]


def call_runc(*arguments: str) -> bool:
    """Whether a call ended well."""
    done = subprocess.run(
        [*runc(), *arguments], capture_output=True, env=ENVIRONMENT, timeout=60, check=False
    )
    return done.returncode == 0
