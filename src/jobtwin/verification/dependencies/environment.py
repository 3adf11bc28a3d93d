"""Environments by content: built once under a lock, shared by parallel runs, mounted read-only."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from packaging.specifiers import SpecifierSet

from jobtwin.core.canonical import canonical_json
from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.failure import DependencyFailure, installer_failure
from jobtwin.verification.dependencies.installer import Slow, private_installer
from jobtwin.verification.dependencies.interpreter import Interpreter, describe_interpreter
from jobtwin.verification.dependencies.layers import obtain_layer
from jobtwin.verification.dependencies.locking import FileLock
from jobtwin.verification.dependencies.metadata import Plugin, read_plugins, startup_files
from jobtwin.verification.dependencies.plan import Plan, Tier
from jobtwin.verification.dependencies.resolution import Lock, resolve
from jobtwin.verification.dependencies.settings import EnvironmentSettings
from jobtwin.verification.dependencies.venv import compile_bytecode, inspect, lay_out, site_packages

_LAYOUT = 1
"""Raise when the layout of an environment changes: older ones are then no longer found."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment to mount read-only at `mount_point`; its Python is never started elsewhere.

    Keep it open while it is used: that keeps it from eviction.
    """

    path: Path
    mount_point: str
    lock_sha256: str
    packages: dict[str, str]
    plugins: tuple[Plugin, ...]
    startup_files: tuple[str, ...]
    given_up: tuple[str, ...]
    facts: dict[str, object]
    _lock: FileLock = field(repr=False, compare=False)

    @property
    def python(self) -> str:
        """The interpreter's path inside the sandbox."""
        return f"{self.mount_point}/bin/python"

    def close(self) -> None:
        """Lets the environment be evicted; a second call does nothing."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unheard(_line: str) -> None:
    """Where nobody listens to the log."""


def build_environment(
    plan: Plan, *, settings: EnvironmentSettings, on_log: Callable[[str], None] = _unheard
) -> Environment:
    """The environment of a plan, built now or found in the cache. Raises DependencyFailure.

    First a plan's refusals are raised (bad_requirement), then what it cannot resolve, then its Python.
    """
    started = time.monotonic()
    _require_usable(plan)
    interpreter = describe_interpreter(settings.python)
    _require_python(plan, interpreter)
    lock = resolve(plan, interpreter, settings, on_log)
    key = hashlib.sha256(
        canonical_json([_LAYOUT, settings.mount_point, interpreter.identity, lock.text])
    ).hexdigest()
    held, built, kept = obtain_layer(
        key, lambda staging: _fill(staging, lock, interpreter, settings, on_log), settings
    )
    venv = settings.venvs / key / "venv"
    packages = {one.name: one.version for one in lock.packages}
    facts: dict[str, object] = {
        **plan.facts,
        "lock_sha256": lock.sha256,
        "packages": len(packages),
        "python": interpreter.version,
        "environment": "built" if built else "cached",
        "resolution": "cached" if lock.cached else "resolved",
        "bytes": kept["bytes"],
        "files": kept["files"],
        "bytecode": kept["bytecode"],
        "seconds": round(time.monotonic() - started, 3),
    }
    if lock.given_up:
        facts["given_up"] = dict(lock.given_up)
    if plan.project is not None:
        build = {one.name for one in plan.requirements if one.tier is Tier.BUILD}
        facts["build_requirements"] = "left_out" if build & set(dict(lock.given_up)) else "installed"
    site = site_packages(venv, interpreter)
    return Environment(
        path=venv,
        mount_point=settings.mount_point,
        lock_sha256=lock.sha256,
        packages=packages,
        plugins=read_plugins(site, plan.plugins_declared),
        startup_files=startup_files(site),
        given_up=tuple(name for name, _ in lock.given_up),
        facts=facts,
        _lock=held,
    )


def _require_usable(plan: Plan) -> None:
    if plan.refusals:
        more = f" (and {len(plan.refusals) - 1} more)" if len(plan.refusals) > 1 else ""
        raise DependencyFailure(
            Reason.BAD_REQUIREMENT,
            f"{plan.refusals[0]}{more}",
            {**plan.facts, "refusals": [str(one) for one in plan.refusals]},
        )
    if plan.unresolvable:
        raise DependencyFailure(
            Reason.UNRESOLVABLE_STATICALLY,
            plan.unresolvable[0],
            {**plan.facts, "unresolvable": list(plan.unresolvable)},
        )


def _require_python(plan: Plan, interpreter: Interpreter) -> None:
    if plan.python_requires and not SpecifierSet(plan.python_requires).contains(
        interpreter.version, prereleases=True
    ):
        raise DependencyFailure(
            Reason.NO_INTERPRETER,
            f"the project requires Python {plan.python_requires}; this machine has {interpreter.version}",
            {"python": interpreter.version, "python_requires": plan.python_requires},
        )


def _fill(
    staging: Path,
    lock: Lock,
    interpreter: Interpreter,
    settings: EnvironmentSettings,
    on_log: Callable[[str], None],
) -> dict[str, object]:
    venv = staging / "venv"
    _install(venv, lock, interpreter, settings, on_log)
    size, files = inspect(venv, settings)
    lay_out(venv, interpreter, settings)
    on_log("compiling bytecode")
    bytecode = compile_bytecode(venv, interpreter, settings)
    (staging / "requirements.lock").write_text(lock.text)
    return {"bytes": size, "files": files, "bytecode": bytecode, "lock_sha256": lock.sha256}


def _install(
    venv: Path,
    lock: Lock,
    interpreter: Interpreter,
    settings: EnvironmentSettings,
    on_log: Callable[[str], None],
) -> None:
    """One call of the installer with the system's Python; the environment's own is never asked."""
    on_log(f"installing {len(lock.packages)} packages")
    venv.mkdir()
    with private_installer(settings) as installer:
        file = installer.folder / "lock.txt"
        file.write_text(lock.text)
        arguments = ["pip", "install", "--python", str(interpreter.path), "--prefix", str(venv)]
        arguments += ["--require-hashes", "--no-deps", "--only-binary", ":all:", *settings.index_options]
        arguments += ["--requirements", str(file)]
        try:
            code, _, err = installer.run(arguments, seconds=settings.install_seconds, staging=venv)
        except Slow as slow:
            raise DependencyFailure(
                Reason.INFRASTRUCTURE,
                f"the packages were not downloaded in {settings.install_seconds:g} s",
                {"limit": "install_seconds"},
            ) from slow
    for line in err.splitlines()[:500]:
        on_log(line)
    if code != 0:
        raise installer_failure(err, {"phase": "install"})
