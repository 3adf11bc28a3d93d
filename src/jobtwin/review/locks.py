"""Locks: which lock file stands for the service, told by the language that the service is written in.

A Python service with a page in front of it is not locked by the page's lock.
"""

from dataclasses import dataclass

from jobtwin.review.files import Files
from jobtwin.review.globs import matches
from jobtwin.review.kinds import is_service


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """Globs over names of files: code, manifests, and the locks that tools write beside them."""

    code: tuple[str, ...]
    manifests: tuple[str, ...]
    locks: tuple[str, ...]


PYTHON = Ecosystem(
    ("*.py",),
    ("pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "requirements*.txt", "requirements*.in"),
    ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock*.toml", "conda-lock.y*ml"),
)
OTHERS = (
    Ecosystem(
        ("*.ts", "*.tsx", "*.js", "*.jsx", "*.mjs"),
        ("package.json",),
        ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"),
    ),
    Ecosystem(("*.go",), ("go.mod",), ("go.sum",)),
    Ecosystem(("*.rs",), ("Cargo.toml",), ("Cargo.lock",)),
    Ecosystem(("*.rb",), ("Gemfile",), ("Gemfile.lock",)),
    Ecosystem(("*.php",), ("composer.json",), ("composer.lock",)),
    Ecosystem(("*.ex", "*.exs"), ("mix.exs",), ("mix.lock",)),
    Ecosystem(("*.java", "*.kt"), ("build.gradle*",), ("gradle.lockfile",)),
    Ecosystem(("*.cs",), ("*.csproj",), ("packages.lock.json",)),
)


def locks_of(files: Files) -> list[str]:
    """Paths of the locks that stand for the service, nearest to the root first."""
    return sorted(
        (path for one in _spoken(files) for path in _locks(files, one)),
        key=lambda path: (path.count("/"), path),
    )


def _spoken(files: Files) -> tuple[Ecosystem, ...]:
    """Python alone where the service has any, else every other."""
    return (PYTHON,) if _named(files, PYTHON.code) else OTHERS


def _locks(files: Files, ecosystem: Ecosystem) -> list[str]:
    """Locks with code of the service and a manifest in their folder or below."""
    code, manifests = _named(files, ecosystem.code), _named(files, ecosystem.manifests)
    return [
        path
        for path in _named(files, ecosystem.locks)
        if all(_any_below(path, listed) for listed in (code, manifests))
    ]


def _named(files: Files, globs: tuple[str, ...]) -> list[str]:
    return [p for p in files.own if is_service(p) and matches(globs, p.rpartition("/")[2])]


def _any_below(path: str, listed: list[str]) -> bool:
    folder = path.rpartition("/")[0]
    return any(not folder or other.startswith(f"{folder}/") for other in listed)
