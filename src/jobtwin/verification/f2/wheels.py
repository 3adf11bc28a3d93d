"""Wheels for a build without network: resolved and downloaded outside, checked by hash, nothing run.

One read-only folder per lock, shared by every build that needs the same versions.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies import DependencyFailure, EnvironmentSettings, Plan
from jobtwin.verification.dependencies.installer import weight
from jobtwin.verification.dependencies.interpreter import describe_interpreter
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.dependencies.resolution import Lock, resolve
from jobtwin.verification.f2.settings import ContainerSettings

_LOOK_SECONDS = 0.2
_PIP_NAMES = {
    "UV_DEFAULT_INDEX": "PIP_INDEX_URL",
    "UV_INDEX_URL": "PIP_INDEX_URL",
    "UV_EXTRA_INDEX_URL": "PIP_EXTRA_INDEX_URL",
    "UV_INDEX": "PIP_EXTRA_INDEX_URL",
    "UV_FIND_LINKS": "PIP_FIND_LINKS",
    "UV_INSECURE_HOST": "PIP_TRUSTED_HOST",
    "UV_HTTP_TIMEOUT": "PIP_DEFAULT_TIMEOUT",
    "SSL_CERT_FILE": "PIP_CERT",
}


@dataclass(frozen=True)
class Wheels:
    """A folder of wheels; keep it open while it is used: that keeps it from eviction."""

    folder: Path
    facts: dict[str, object]
    given_up: tuple[str, ...] = ()
    _held: FileLock | None = field(default=None, repr=False, compare=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held is not None:
            self._held.close()


def no_wheels(folder: Path) -> Wheels:
    """For a build that installs nothing: an empty folder."""
    folder.mkdir(exist_ok=True)
    return Wheels(folder, {"wheels": 0})


def lay_ready(
    plan: Plan,
    *,
    python: str,
    settings: EnvironmentSettings,
    limits: ContainerSettings,
    on_log: Callable[[str], None],
) -> Wheels:
    """The wheels of a plan for a base image with Python `python` (`3.11`). Raises DependencyFailure."""
    interpreter = describe_interpreter(settings.python)
    if python != interpreter.minor:
        raise DependencyFailure(
            Reason.NO_INTERPRETER,
            f"the base image has {f'Python {python}' if python else 'no Python'}; "
            f"this platform lays wheels ready for Python {interpreter.minor}",
        )
    # The resolver always adds one requirement of its own; pip is wanted here anyway.
    lock = resolve(plan, interpreter, replace(settings, pytest_requirement="pip"), on_log)
    store = settings.cache / "wheels"
    folder = store / lock.sha256
    held = FileLock(store / f"{lock.sha256}.lock")
    try:
        fresh = _obtain(folder, held, lock, settings, limits, on_log)
    except BaseException:
        held.close()
        raise
    facts: dict[str, object] = {
        "wheels": len(lock.packages),
        "lock_sha256": lock.sha256,
        "download": "downloaded" if fresh else "cached",
    }
    if lock.given_up:
        facts["given_up"] = dict(lock.given_up)
    return Wheels(folder, facts, tuple(name for name, _ in lock.given_up), held)


def _obtain(
    folder: Path,
    held: FileLock,
    lock: Lock,
    settings: EnvironmentSettings,
    limits: ContainerSettings,
    on_log: Callable[[str], None],
) -> bool:
    """True where the wheels were downloaded now; the lock is then held shared."""
    fresh = False
    while True:
        held.share()
        if folder.is_dir():
            os.utime(folder, (settings.clock(),) * 2)
            return fresh
        held.alone()
        if not folder.is_dir():
            _evict(folder.parent, now=settings.clock(), age=limits.wheel_cache_seconds)
            on_log(f"downloading {len(lock.packages)} wheels")
            _download(folder, lock, settings, limits)
            fresh = True


def _evict(store: Path, *, now: float, age: float) -> None:
    """Removes folders that nothing used for `age` seconds and nobody holds."""
    for folder in [one for one in store.iterdir() if one.is_dir() and now - one.stat().st_mtime > age]:
        with FileLock(store / f"{folder.name}.lock") as lock:
            if lock.try_alone():
                shutil.rmtree(folder, ignore_errors=True)


def _download(folder: Path, lock: Lock, settings: EnvironmentSettings, limits: ContainerSettings) -> None:
    staging = folder.with_name(f"{folder.name}.staging")
    shutil.rmtree(staging, ignore_errors=True)
    wheels = staging / "wheels"
    wheels.mkdir(parents=True)
    try:
        (staging / "lock.txt").write_text(lock.text)
        _pip(staging, settings, limits)
        for wheel in wheels.iterdir():
            wheel.chmod(0o644)
        wheels.chmod(0o755)
        wheels.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _pip(staging: Path, settings: EnvironmentSettings, limits: ContainerSettings) -> None:
    arguments = ["download", "--quiet", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    arguments += ["--disable-pip-version-check", "--no-input", *settings.index_options]
    arguments += ["--cache-dir", str(settings.cache / "pip"), "--dest", "wheels", "--requirement", "lock.txt"]
    with (staging / "err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "pip", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=err,
            stderr=err,
            cwd=staging,
            env=pip_variables(settings.installer, home=staging),
            start_new_session=True,
        )
        try:
            _wait(process, staging, limits)
        finally:
            process.kill()
            process.wait()
    if process.returncode != 0:
        said = (staging / "err").read_text(errors="replace").strip()[-600:]
        if "No module named pip" in said:
            said = "pip is not installed beside this Python"
        raise DependencyFailure(
            Reason.INFRASTRUCTURE, "the wheels of the build could not be downloaded", {"installer_said": said}
        )


def _wait(process: subprocess.Popen[bytes], staging: Path, limits: ContainerSettings) -> None:
    deadline = time.monotonic() + limits.wheel_seconds
    while time.monotonic() < deadline:
        if weight(staging) > limits.wheel_bytes:
            said = f"the wheels weigh more than {limits.wheel_bytes} bytes (limit wheel_bytes)"
            raise DependencyFailure(Reason.NOT_SUPPORTED, said)
        try:
            process.wait(timeout=_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return
    said = f"the wheels were not downloaded in {limits.wheel_seconds:g} s (limit wheel_seconds)"
    raise DependencyFailure(Reason.INFRASTRUCTURE, said)


def pip_variables(installer: Mapping[str, str], *, home: Path) -> dict[str, str]:
    """The operator's index, certificates and proxies under pip's names; its own configuration is not read."""
    found = {name: value for name, value in installer.items() if not name.startswith("UV_")}
    for name, pip_name in _PIP_NAMES.items():
        if installer.get(name):
            found[pip_name] = " ".join(installer[name].split(",")) if "LINKS" in name else installer[name]
    return {
        **found,
        "PIP_CONFIG_FILE": os.devnull,
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C.UTF-8",
    }
