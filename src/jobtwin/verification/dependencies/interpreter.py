"""The base interpreter of every environment: a system Python, outside of every home folder."""

import json
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.failure import DependencyFailure

_ASK = (
    "import json, sys, sysconfig; print(json.dumps(["
    "'.'.join(map(str, sys.version_info[:3])), sys.implementation.cache_tag,"
    " sysconfig.get_platform(), str(sysconfig.get_config_var('SOABI'))]))"
)
_HOMES = (Path("/home"), Path("/root"))


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python: its resolved path, full version, cache tag, platform and ABI."""

    path: Path
    version: str
    tag: str
    platform: str
    abi: str

    @property
    def minor(self) -> str:
        """`3.11`"""
        return ".".join(self.version.split(".")[:2])

    @property
    def identity(self) -> list[str]:
        """What an environment built for it depends on."""
        return [str(self.path), self.version, self.tag, self.platform, self.abi]


def describe_interpreter(python: Path) -> Interpreter:
    """Asks an interpreter for its version. Raises DependencyFailure where none can be used."""
    path = python.resolve()
    if any(path.is_relative_to(home) for home in (*_HOMES, Path.home().resolve()) if home != Path("/")):
        raise DependencyFailure(
            Reason.INFRASTRUCTURE,
            f"the base interpreter {python} stands in a home folder, out of reach of a sandbox",
        )
    if not path.is_file():
        raise DependencyFailure(Reason.INFRASTRUCTURE, f"there is no Python interpreter at {python}")
    return _ask(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _ask(path: Path, _modified: int) -> Interpreter:
    try:
        done = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, timeout=30, check=True, env={}, cwd="/"
        )
        version, tag, platform, abi = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise DependencyFailure(Reason.INFRASTRUCTURE, f"the interpreter {path} does not start") from error
    return Interpreter(path, version, tag, platform, abi)
