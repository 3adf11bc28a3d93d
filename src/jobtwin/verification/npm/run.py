"""The scripts of a front end, offline in the sandbox: facts for the mentor, never a verdict."""

import posixpath
from collections.abc import Callable
from pathlib import Path

from jobtwin.core.check import verdict_of
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.engine import Job, Layer
from jobtwin.verification.npm.layer import Packages, install_packages, node_version
from jobtwin.verification.npm.manifest import FrontEnd, clean_lock, find_front_ends
from jobtwin.verification.subject import Subject

PLACE = "/node/node_modules"
"""Where the packages of an npm project lie in a sandbox, read-only."""

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - inside the sandbox
    "CI": "1",
    "npm_config_cache": "/tmp/.npm",  # noqa: S108 - inside the sandbox
    "npm_config_offline": "true",
    "npm_config_update_notifier": "false",
    "NO_COLOR": "1",
}
_TAIL = 4000


def facts_of_front_ends(subject: Subject, files: Path) -> dict[str, object]:
    """Each front end of the project with how its packages were installed and its scripts ended; empty
    where there is none. Raises EngineFailure."""
    fronts = find_front_ends(subject.tree, subject.subfolder)
    if not fronts:
        return {}
    with subject.progress.phase("front end", "building and testing the front end offline") as log:
        return {"front_ends": [_facts(subject, files, one, log) for one in fronts]}


def _facts(subject: Subject, files: Path, front: FrontEnd, log: Callable[[str], None]) -> dict[str, object]:
    facts: dict[str, object] = {"folder": front.folder or "."}
    try:
        node = node_version()
        clean = clean_lock(front)
        packages = install_packages(clean, node=node, settings=subject.settings.environments, on_log=log)
    except DependencyFailure as failure:
        said = {"verdict": verdict_of(failure.reason).value, "reason": failure.reason.value}
        return {**facts, **said, "summary": failure.summary}
    facts |= {"node": node, "packages": clean.packages, "install": "built" if packages.built else "cached"}
    with packages.lock:
        facts["scripts"] = {name: _run(subject, files, front, name, packages) for name in front.scripts}
    return facts


def _run(
    subject: Subject, files: Path, front: FrontEnd, script: str, packages: Packages
) -> dict[str, object]:
    links = linked(packages.folder, subject.work / f"links-{front.folder.replace('/', '-')}", front.folder)
    job = Job(
        argv=("/usr/bin/npm", "run", script),
        copies=(files, links),
        layers=(Layer(packages.folder, PLACE),),
        environment=ENVIRONMENT,
        limits=subject.settings.build_limits,
        cwd=f"/w/{front.folder}".rstrip("/"),
    )
    outcome = subject.engine.run(job)
    return {
        "exit": outcome.exit_code,
        "seconds": round(outcome.usage.wall_seconds, 3),
        "memory_bytes": outcome.usage.memory_bytes,
        "limits_hit": [limit.value for limit in outcome.limits_hit],
        "log": (outcome.stdout + outcome.stderr)[-_TAIL:],
    }


def linked(node_modules: Path, into: Path, folder: str) -> Path:
    """A tree whose `folder`/node_modules is writable and links to every package of the layer: tools keep
    caches there."""
    place = into / posixpath.join(folder, "node_modules")
    if not place.is_dir():
        place.mkdir(parents=True)
        for one in sorted(node_modules.iterdir()):
            (place / one.name).symlink_to(f"{PLACE}/{one.name}")
    return into
