"""Installing the project itself: a command for the inside of the sandbox, where there is no network."""

import posixpath
from importlib import resources

from jobtwin.verification.dependencies.plan import Plan, Project


def install_command(plan: Plan, *, source: str, target: str, venv: str = "/venv") -> list[str] | None:
    """What builds the project of the tree at `source` and unpacks its wheel in the folder `target`.

    None where there is no installable project: then the tree's folder on the path is enough. Exit codes:
    0 installed, 3 the backend failed, 4 a build requirement is missing, 5 the backend built no wheel; on 3
    to 5 the import roots on the path stand in for the installation, and the tests decide.
    """
    return None if plan.project is None else _command("install", plan.project, source, target, venv)


def metadata_command(plan: Plan, *, source: str, target: str, venv: str = "/venv") -> list[str] | None:
    """What has the backend write the project's metadata to `target`/METADATA; None: no project."""
    return None if plan.project is None else _command("metadata", plan.project, source, target, venv)


def _command(action: str, project: Project, source: str, target: str, venv: str) -> list[str]:
    script = resources.files(__package__).joinpath("install_project.py").read_text(encoding="utf-8")
    folder = posixpath.join(source, project.folder) if project.folder else source
    paths = [posixpath.join(source, one) if one else source for one in project.backend_path]
    return [f"{venv}/bin/python", "-I", "-c", script, action, folder, target, project.backend, *paths]
