"""The packages of a front end as a read-only layer: npm fetches by name, version and hash, runs nothing."""

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.canonical import canonical_json
from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.dependencies.installer import Slow, private_installer, weight
from jobtwin.verification.dependencies.layers import obtain_layer
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.dependencies.settings import EnvironmentSettings
from jobtwin.verification.npm.manifest import CleanLock

_LAYOUT = 1
_PATH = "/usr/bin:/bin"
"""Only /usr of this machine is seen inside the sandbox."""

_OUR_FAULT = ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ECONNRESET", "ENOSPC", "E500", "E503")


@dataclass(frozen=True)
class Packages:
    """`folder` is the node_modules to mount read-only; keep it open while it is used."""

    folder: Path
    built: bool
    lock: FileLock


def node_version() -> str:
    """The version of the machine's Node. Raises DependencyFailure (not_supported) where there is none."""
    if not all(shutil.which(name, path=_PATH) for name in ("node", "npm")):
        said = "the front end is not looked at, because this machine has no Node: apt-get install nodejs npm"
        raise DependencyFailure(Reason.NOT_SUPPORTED, said)
    done = subprocess.run(
        ["/usr/bin/env", "-i", f"PATH={_PATH}", "node", "--version"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return done.stdout.strip()


def install_packages(
    clean: CleanLock, *, node: str, settings: EnvironmentSettings, on_log: Callable[[str], None]
) -> Packages:
    """Installed now or found in the cache. Raises DependencyFailure."""
    identity = [_LAYOUT, "npm", node, platform.machine(), clean.lock]
    key = hashlib.sha256(canonical_json(identity)).hexdigest()

    def fill(staging: Path) -> dict[str, object]:
        on_log(f"installing {clean.packages} npm packages")
        project = staging / "project"
        (project / "node_modules").mkdir(parents=True)
        (project / "package.json").write_text(clean.package)
        (project / "package-lock.json").write_text(clean.lock)
        _ci(project, settings)
        return {"bytes": weight(staging)}

    held, built, _ = obtain_layer(key, fill, settings)
    return Packages(settings.venvs / key / "project" / "node_modules", built, held)


def _ci(project: Path, settings: EnvironmentSettings) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(project)]
    with private_installer(settings) as installer:
        try:
            code, _, err = installer.run(
                arguments, seconds=settings.install_seconds, staging=project, program="npm"
            )
        except Slow as slow:
            said = f"the npm packages were not downloaded in {settings.install_seconds:g} s"
            raise DependencyFailure(Reason.INFRASTRUCTURE, said, {"limit": "install_seconds"}) from slow
    if code != 0:
        raise _failure(err)


def _failure(err: str) -> DependencyFailure:
    lines = [line.removeprefix("npm error").strip() for line in err.splitlines() if line.strip()]
    codes = [line.removeprefix("code").strip() for line in lines if line.startswith("code ")]
    reason = Reason.INFRASTRUCTURE if set(codes) & set(_OUR_FAULT) else Reason.BAD_REQUIREMENT
    said = next((line for line in lines if not line.startswith(("code ", "errno", "syscall"))), "no message")
    return DependencyFailure(reason, f"npm could not install what the lock names: {said[:300]}")
