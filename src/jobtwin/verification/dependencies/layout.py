"""Where a project's import packages stand, and which backend builds it: read from names and tables."""

import posixpath
import re

from jobtwin.verification.dependencies.gathering import Gathered, Table, as_list, table, texts
from jobtwin.verification.dependencies.plan import Project
from jobtwin.verification.dependencies.reader import Reader, inside

LEGACY_BACKEND = "setuptools.build_meta:__legacy__"
_COMPILING = re.compile(
    r"^(?:maturin|mesonpy|scikit_build_core|setuptools_rust|cython|setuptools-rust|meson-python|scikit-build-core"
    r"|scikit-build|pybind11|nanobind|cffi|mypyc)\b",
    re.IGNORECASE,
)
_BACKEND = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,150}(?::[A-Za-z_][A-Za-z0-9_.]{0,50})?")
_NOT_PACKAGES = frozenset({"tests", "test", "docs", "doc", "examples", "scripts", "evals", "benchmarks"})


def find_project(gathered: Gathered, folder: str, document: Table, *, setup_cfg: bool) -> Project | None:
    """The installable project of a folder, or None where its files are only imported from the tree."""
    reader = gathered.reader
    setup_py = reader.has(posixpath.join(folder, "setup.py"))
    build = table(document, "build-system")
    poetry = table(document, "tool", "poetry")
    described = bool(table(document, "project") or poetry) or setup_cfg or setup_py
    if not described or poetry.get("package-mode") is False:
        return None
    layout, roots = _layout(reader, folder, document)
    installs = bool(build) or setup_py or setup_cfg or gathered.asks_for_itself or layout == "src"
    if not installs or table(document, "tool", "uv").get("package") is False:
        return None
    return Project(
        name=gathered.name,
        folder=folder,
        backend=_backend(gathered, folder, build),
        backend_path=_backend_path(folder, build),
        layout=layout,
        import_roots=roots,
        dynamic=tuple(sorted(texts(table(document, "project").get("dynamic")))),
        compiled=_compiled(reader, folder, document, build),
    )


def _backend(gathered: Gathered, folder: str, build: Table) -> str:
    """The backend as `module` or `module:object`; anything else is refused, for it becomes an argument."""
    backend = build.get("build-backend", LEGACY_BACKEND)
    if isinstance(backend, str) and _BACKEND.fullmatch(backend):
        return backend
    gathered.reader.refuse(
        "build-backend is not the name of a module", posixpath.join(folder, "pyproject.toml")
    )
    return LEGACY_BACKEND


def _backend_path(folder: str, build: Table) -> tuple[str, ...]:
    found = (inside(folder, one) for one in texts(build.get("backend-path")))
    return tuple(one for one in found if one is not None)


def _layout(reader: Reader, folder: str, document: Table) -> tuple[str, tuple[str, ...]]:
    named = _named_roots(document)
    roots = tuple(dict.fromkeys(one for one in (inside(folder, root) for root in named) if one is not None))
    if roots:
        return ("src" if roots[0] != folder else "flat"), roots
    source = posixpath.join(folder, "src")
    if _holds_packages(reader, source):
        return "src", (source,)
    if _holds_packages(reader, folder):
        return "flat", (folder,)
    modules = {one for one in _names(reader, folder) if one.endswith(".py") and "/" not in one}
    modules -= {"setup.py", "conftest.py"}
    return ("single" if modules else "unknown"), (folder,)


def _named_roots(document: Table) -> list[str]:
    """Roots that the tables of setuptools, poetry and hatch name."""
    setuptools = table(document, "tool", "setuptools")
    roots = texts(table(setuptools, "packages", "find").get("where"))
    roots += texts(table(setuptools, "package-dir").get(""))
    for one in as_list(table(document, "tool", "poetry").get("packages")):
        if isinstance(one, dict) and isinstance(one.get("from"), str):
            roots.append(str(one["from"]))
    for package in texts(table(document, "tool", "hatch", "build", "targets", "wheel").get("packages")):
        roots.append(posixpath.dirname(package) or ".")
    module_root = table(document, "tool", "uv", "build-backend").get("module-root")
    return roots + ([str(module_root) or "."] if isinstance(module_root, str) else [])


def _names(reader: Reader, folder: str) -> set[str]:
    start = f"{folder}/" if folder else ""
    return {path[len(start) :] for path in reader.paths() if path.startswith(start)}


def _holds_packages(reader: Reader, folder: str) -> bool:
    for name in _names(reader, folder):
        parts = name.split("/")
        if len(parts) == 2 and parts[1].endswith((".py", ".pyi")) and parts[0] not in _NOT_PACKAGES | {"src"}:
            return True
    return bool(folder) and any(name.endswith(".py") and "/" not in name for name in _names(reader, folder))


def _compiled(reader: Reader, folder: str, document: Table, build: Table) -> bool:
    if _COMPILING.match(str(build.get("build-backend", ""))):
        return True
    if any(_COMPILING.match(one.strip()) for one in texts(build.get("requires"))):
        return True
    if table(document, "tool", "setuptools").get("ext-modules"):
        return True
    path = posixpath.join(folder, "setup.py")
    return reader.has(path) and bool(re.search(r"\bext_modules\b|\bExtension\(", reader.text(path) or ""))
