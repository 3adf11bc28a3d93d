"""Settings of verification: folders, the interpreter, and every limit by name."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from jobtwin.core.errors import BadInput
from jobtwin.verification.dependencies import EnvironmentSettings
from jobtwin.verification.engine import DEFAULT_LIMITS, MIB, Limits

BUILD_LIMITS = Limits(cpu_seconds=120, wall_seconds=120, disk_bytes=512 * MIB, inodes=50_000)
MOST_AFTER = 1e9
"""What no number of AfterSettings reaches."""


@dataclass(frozen=True)
class AfterSettings:
    """What F1 may spend after its verdict: seconds of processor and wall time, and how many faults are
    sampled. With 0 seconds nothing is run after it."""

    cpu_seconds: float = 20.0
    wall_seconds: float = 60.0
    faults: int = 25


@dataclass(frozen=True)
class VerificationSettings:
    """`cache` keeps environments between runs, `work` private folders of runs; `python` is the system's
    interpreter, which the sandbox sees too; `limits` hold for a run of the tests, `build_limits` for
    installing the project inside the sandbox, `control_factor` bounds the negative control's wall time
    by that of the main run. `engine` forces an engine by name; `prefer_engine` is tried before the
    others, which stand in where it fails. `overlap` lets checks run at the same time where memory
    allows it."""

    cache: Path
    work: Path
    python: Path = Path("/usr/bin/python3")
    limits: Limits = DEFAULT_LIMITS
    build_limits: Limits = BUILD_LIMITS
    control_factor: float = 3.0
    control_least_seconds: float = 30.0
    after: AfterSettings = AfterSettings()
    engine: str | None = None
    prefer_engine: str | None = None
    overlap: bool = True
    installer: EnvironmentSettings | None = None

    @property
    def environments(self) -> EnvironmentSettings:
        """How environments are resolved and built."""
        return self.installer or EnvironmentSettings(cache=self.cache / "environments", python=self.python)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "VerificationSettings":
        """From JOBTWIN_CACHE, JOBTWIN_WORK, JOBTWIN_PYTHON, JOBTWIN_ENGINE, JOBTWIN_PREFER_ENGINE,
        JOBTWIN_OVERLAP, JOBTWIN_LIMIT_<NAME> and JOBTWIN_AFTER_<NAME>.

        Raises BadInput for a limit that is not a number above zero, or a budget that is not a number.
        """
        home = environ.get("XDG_CACHE_HOME") or str(
            Path(environ.get("HOME", tempfile.gettempdir())) / ".cache"
        )
        cache = Path(environ.get("JOBTWIN_CACHE") or Path(home) / "jobtwin")
        work = Path(
            environ.get("JOBTWIN_WORK") or Path(tempfile.gettempdir()) / f"jobtwin-work-{os.getuid()}"
        )
        python = Path(environ.get("JOBTWIN_PYTHON") or "/usr/bin/python3")
        installer = EnvironmentSettings.from_environment(environ, cache=cache / "environments")
        return cls(
            cache=cache,
            work=work,
            python=python,
            limits=limits_from(environ),
            after=after_from(environ),
            engine=environ.get("JOBTWIN_ENGINE") or None,
            prefer_engine=environ.get("JOBTWIN_PREFER_ENGINE") or None,
            overlap=environ.get("JOBTWIN_OVERLAP", "1") != "0",
            installer=replace(installer, python=python),
        )


def limits_from(environ: Mapping[str, str]) -> Limits:
    """The limits with those that JOBTWIN_LIMIT_CPU_SECONDS and its like name. Raises BadInput."""
    values = _numbers(environ, "JOBTWIN_LIMIT_", Limits)
    try:
        return replace(DEFAULT_LIMITS, **values)  # type: ignore[arg-type]  # each value has the type of its field
    except ValueError as error:
        raise BadInput(str(error)) from error


def after_from(environ: Mapping[str, str]) -> AfterSettings:
    """The budget with what JOBTWIN_AFTER_CPU_SECONDS and its like name. Raises BadInput."""
    values = _numbers(environ, "JOBTWIN_AFTER_", AfterSettings)
    for name, value in values.items():
        if not 0 <= value < MOST_AFTER:
            raise BadInput(
                f"JOBTWIN_AFTER_{name.upper()} must be from 0 to below {MOST_AFTER:.0f}, not {value}"
            )
    return replace(AfterSettings(), **values)  # type: ignore[arg-type]  # each value has the type of its field


def _numbers(
    environ: Mapping[str, str], prefix: str, kind: type[Limits] | type[AfterSettings]
) -> dict[str, float | int]:
    """The fields of `kind` that a variable sets, each a number of its field's type. Raises BadInput."""
    values: dict[str, float | int] = {}
    for one in fields(kind):
        text = environ.get(f"{prefix}{one.name.upper()}")
        if text is None:
            continue
        try:
            values[one.name] = float(text) if one.type is float else int(text)
        except ValueError as error:
            raise BadInput(f"{prefix}{one.name.upper()} must be a number, not {text!r}") from error
    return values
