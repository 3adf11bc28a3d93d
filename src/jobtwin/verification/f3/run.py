"""The run that F3 consists of: the evals command in the sandbox, beside a stand-in model."""

import hashlib
import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from jobtwin.verification.engine import RESULT_FD, Job, Layer, Limits, Outcome
from jobtwin.verification.f1.stages import Workbench
from jobtwin.verification.f3.node import NOTHING, Beside
from jobtwin.verification.f3.source import EvalsCommand
from jobtwin.verification.subject import Subject

INSIDE = Path(__file__).parent / "inside"
_PLACE, _SITE = "/jt/inside", "/w-site"
_START = f"import sys; sys.path.insert(0, '/jt'); from inside.evals import main; sys.exit(main({RESULT_FD}))"

KEY = "sk-stand-in"
"""The key that a run is given: the stand-in asks for none, clients insist on one."""

MODEL_SETTINGS: Mapping[str, str] = {
    "OPENAI_API_KEY": KEY,
    "INSPECT_EVAL_MODEL": "openai/stand-in",
    "INSPECT_LOG_FORMAT": "json",
    "INSPECT_DISPLAY": "plain",
    "PYTHONUNBUFFERED": "1",
}
BASE_URL_NAMES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
"""The variables that hold the stand-in's address; the second is the older name."""


class File(BaseModel):
    """A new or changed file: `valid` says whether a JSON report can be parsed (None: not JSON)."""

    model_config = ConfigDict(frozen=True)

    path: str
    new: bool
    size: int
    sha256: str | None
    valid: bool | None = None
    cases: int | None = None
    status: str | None = None


class Told(BaseModel):
    """What the runner inside the sandbox says of the command: how it ended and what it left."""

    model_config = ConfigDict(frozen=True)

    exit: int | None
    signal: int | None
    missing: str | None
    seconds: float
    calls: dict[str, int]
    unknown: dict[str, int]
    files: tuple[File, ...]
    files_count: int
    odd: dict[str, str]
    data: dict[str, str | None]

    @property
    def answered(self) -> int:
        """Calls that the stand-in model answered."""
        return sum(n for kind, n in self.calls.items() if kind not in {"schema_patterns_unmet", "refused"})


@dataclass(frozen=True)
class EvalsRun:
    """One run: the command, its declared reports and the data as committed, the outcome, and what the
    runner told (None where it could tell nothing). `services` are those the submission declares;
    `reports_as_committed` are written, and hold to the byte what the commit holds."""

    command: EvalsCommand
    reports: tuple[str, ...]
    data: Mapping[str, str]
    limits: Limits
    outcome: Outcome
    told: Told | None
    services: tuple[str, ...] = ()
    reports_as_committed: tuple[str, ...] = ()

    @property
    def changed_data(self) -> tuple[str, ...]:
        """Data files that the run changed or removed."""
        told = self.told.data if self.told is not None else dict(self.data)
        return tuple(path for path, digest in self.data.items() if told.get(path) != digest)

    @property
    def written_reports(self) -> tuple[File, ...]:
        """Files with content that the run wrote and that are not its own data."""
        files = self.told.files if self.told is not None else ()
        return tuple(one for one in files if one.size and one.path not in self.data)


def run_evals(
    bench: Workbench,
    command: EvalsCommand,
    *,
    reports: tuple[str, ...],
    data: Mapping[str, str],
    services: tuple[str, ...] = (),
    beside: Beside = NOTHING,
) -> EvalsRun:
    """One run in a fresh sandbox. Raises EngineFailure where the sandbox itself failed."""
    subject = bench.subject
    folder = f"/w/{subject.subfolder}".rstrip("/")
    prefix = f"{subject.subfolder}/" if subject.subfolder else ""
    order = {
        "argv": _words(bench, command),
        "cwd": folder,
        "environment": _environment(bench, beside),
        "base_url_names": BASE_URL_NAMES,
        "prefix": prefix,
        "reports": reports,
        "data": list(data),
    }
    layers = [Layer(bench.environment.path, bench.environment.mount_point), Layer(INSIDE, _PLACE)]
    if bench.site is not None:
        layers.append(Layer(bench.site, _SITE))
    layers += beside.layers
    job = Job(
        argv=(str(subject.settings.python), "-I", "-S", "-B", "-c", _START),
        copies=(bench.base, *beside.copies),
        layers=tuple(layers),
        limits=subject.settings.limits,
        stdin=json.dumps(order, ensure_ascii=False).encode(),
    )
    outcome = subject.engine.run(job)
    told = _read(outcome.result, prefix)
    run = EvalsRun(command, reports, data, subject.settings.limits, outcome, told, services)
    same = tuple(one.path for one in run.written_reports if _is_as_committed(subject, prefix, one))
    return replace(run, reports_as_committed=same)


def _is_as_committed(subject: Subject, prefix: str, file: File) -> bool:
    if file.new or file.sha256 is None:
        return False
    content = subject.tree.read(posixpath.normpath(f"{prefix}{file.path}"))
    return content is not None and hashlib.sha256(content).hexdigest() == file.sha256


def _words(bench: Workbench, command: EvalsCommand) -> list[str]:
    """The command's words; any name of Python means the environment's."""
    name, *rest = command.argv
    plain = name.removeprefix("python").replace(".", "")
    python = name.startswith("python") and (not plain or plain.isdigit())
    return [bench.environment.python if python else name, *rest]


def _environment(bench: Workbench, beside: Beside) -> dict[str, str]:
    places = [*beside.path, f"{_SITE}/bin", f"{bench.environment.mount_point}/bin", "/usr/bin", "/bin"]
    return {
        **beside.environment,
        **MODEL_SETTINGS,
        "PYTHONPATH": ":".join(bench.paths),
        "PATH": ":".join(places),
        "VIRTUAL_ENV": bench.environment.mount_point,
    }


def _read(result: bytes, prefix: str) -> Told | None:
    """What the runner told, with paths relative to the project's folder; None where it told nothing."""
    try:
        told = Told.model_validate_json(result)
    except ValidationError:
        return None
    files = tuple(one.model_copy(update={"path": _relative(one.path, prefix)}) for one in told.files)
    odd = {_relative(path, prefix): kind for path, kind in told.odd.items()}
    return told.model_copy(update={"files": files, "odd": odd})


def _relative(path: str, prefix: str) -> str:
    """A path as the project sees it: `../x` lies beside its folder."""
    return path.removeprefix(prefix) if not prefix or path.startswith(prefix) else f"../{path}"
