"""The runs that F1 consists of: installing the project, the tests themselves, the negative control."""

import json
import random
import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jobtwin.verification.dependencies import Environment, Plan, install_command
from jobtwin.verification.engine import Job, Layer, Limits, Outcome
from jobtwin.verification.f1.census import Census, is_collected
from jobtwin.verification.f1.options import Options
from jobtwin.verification.f1.pytest_config import PytestConfig
from jobtwin.verification.f1.results import Results, read_results
from jobtwin.verification.subject import Subject

INSIDE = Path(__file__).parent / "inside"
_RUNNER, _SITE = "/jt", "/w-site"


@dataclass(frozen=True)
class Workbench:
    """Everything that the runs of one submission share."""

    subject: Subject
    plan: Plan
    environment: Environment
    census: Census
    config: PytestConfig
    options: Options
    base: Path
    site: Path | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        layers = [Layer(self.environment.path, self.environment.mount_point), Layer(INSIDE, _RUNNER)]
        if self.site is not None:
            layers.append(Layer(self.site, _SITE))
        return tuple(layers)

    @property
    def paths(self) -> list[str]:
        """Where the code of the submission is imported from, in order."""
        project = self.plan.project
        roots = [self.subject.subfolder] if project is None else list(project.import_roots)
        found = [f"/w/{root}".rstrip("/") for root in roots]
        if self.site is not None:
            found = [_SITE, *found] if project is not None and project.compiled else [*found, _SITE]
        return found


def install(
    subject: Subject, plan: Plan, environment: Environment, files: Path, *, into: Path
) -> tuple[Path | None, dict[str, object]]:
    """Build the project in a sandbox of its own and unpack it to the new folder `into`; None where there
    is nothing to install, or the build failed. Facts say how that went."""
    command = install_command(plan, source="/w", target="/out", venv=environment.mount_point)
    if command is None:
        return None, {}
    into.mkdir()
    job = Job(
        argv=tuple(command),
        copies=(files,),
        layers=(Layer(environment.path, environment.mount_point),),
        limits=subject.settings.build_limits,
        collect=into,
    )
    outcome = subject.engine.run(job)
    if outcome.exit_code != 0:
        last = outcome.stderr.strip().splitlines()[-1:] or ["no message"]
        return None, {"project_install": "failed", "project_install_log": last[0][:300]}
    return into, {"project_install": "done"}


def run_tests(
    bench: Workbench,
    *,
    extra: Path,
    arguments: Sequence[str],
    limits: Limits,
    environment: Mapping[str, str] = MappingProxyType({}),
    marks: bool = False,
) -> tuple[Outcome, Results]:
    """One run of pytest over the tree with the files of `extra` on top. Raises EngineFailure."""
    key = secrets.token_bytes(32)
    order = {
        "key": key.hex(),
        "args": [*_settings(bench), *arguments],
        "paths": bench.paths,
        "environment": {
            "PYTHONPATH": ":".join([*bench.paths, _RUNNER]),
            "PATH": f"{_SITE}/bin:{bench.environment.mount_point}/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": bench.environment.mount_point,
            **environment,
        },
    }
    job = Job(
        argv=(bench.environment.python, f"{_RUNNER}/jobtwin_run.py"),
        copies=(bench.base, extra),
        layers=bench.layers,
        limits=limits,
        cwd=f"/w/{bench.subject.subfolder}".rstrip("/"),
        stdin=json.dumps(order).encode(),
        marks=marks,
    )
    outcome = bench.subject.engine.run(job)
    return outcome, read_results(outcome.result, key)


def collection_arguments(bench: Workbench, canary: str | None) -> list[str]:
    """The places to collect from, and the canaries' file where none of them holds it."""
    patterns = bench.census.patterns
    top = f"/w/{patterns.folder}".rstrip("/")
    places = [top if one == "." else f"{top}/{one}" for one in patterns.arguments]
    if canary is not None and not is_collected(canary, patterns):
        places.append(f"/w/{canary}")
    return places


def _settings(bench: Workbench) -> list[str]:
    """Our own options: the project's file, but its addopts replaced and its names only widened. Places and
    patterns are told as the census read them: a file can be written so that pytest's parser reads others."""
    config, patterns = bench.config, bench.census.patterns
    root = f"/w/{config.folder}".rstrip("/")
    file = f"/w/{config.file}" if config.file is not None else f"{_RUNNER}/empty.ini"
    settings = {
        "addopts": "",
        "xfail_strict": "true",
        "python_classes": shlex.join(patterns.python_classes),
        "python_functions": shlex.join(patterns.python_functions),
        "python_files": shlex.join(patterns.python_files),
        "norecursedirs": shlex.join(patterns.norecursedirs),
    }
    arguments = [
        "-c",
        file,
        "--rootdir",
        root,
        "--confcutdir",
        root,
        "-p",
        "jobtwin_probe",
        "--color=no",
        "--tb=short",
    ]
    for name, value in settings.items():
        arguments += ["-o", f"{name}={value}"]
    return arguments


def chance_of(commit: str) -> random.Random:
    """Names nobody can foresee: the commit alone does not tell them."""
    return random.Random(f"{commit}{secrets.token_hex(16)}")  # noqa: S311 - names, not secrets
