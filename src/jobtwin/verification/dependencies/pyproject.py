"""pyproject.toml as data: PEP 621, PEP 735, build requirements and the tables of common tools."""

import posixpath

from packaging.utils import canonicalize_name

from jobtwin.verification.dependencies.gathering import (
    TEST_NAMES,
    Gathered,
    Table,
    as_list,
    table,
    texts,
    want_test_names,
)
from jobtwin.verification.dependencies.plan import Tier
from jobtwin.verification.dependencies.poetry import read_poetry
from jobtwin.verification.dependencies.reader import inside, shown
from jobtwin.verification.dependencies.requirement_files import read_requirement_file

_HATCH_ENVIRONMENTS = (*TEST_NAMES, "default", "hatch-test")


def read_pyproject(gathered: Gathered, path: str, document: Table) -> None:
    """Gathers everything that a pyproject.toml asks for."""
    project = table(document, "project")
    if isinstance(project.get("name"), str):
        gathered.name = canonicalize_name(str(project["name"])[:200])
    _sources(gathered, path, document)
    _project(gathered, path, project)
    _groups(gathered, path, table(document, "dependency-groups"))
    _tool_tables(gathered, path, document)
    if table(document, "tool", "poetry"):
        read_poetry(gathered, path, table(document, "tool", "poetry"))
    _dynamic(gathered, path, document)
    for raw in as_list(table(document, "build-system").get("requires")):
        gathered.add(raw, path, tier=Tier.BUILD)


def _project(gathered: Gathered, path: str, project: Table) -> None:
    gathered.require_python(project.get("requires-python"), path)
    for raw in as_list(project.get("dependencies")):
        gathered.add(raw, path)
    extras = table(project, "optional-dependencies")
    for extra, raws in extras.items():
        gathered.add_extra(extra, raws, path)
    for extra, tier in want_test_names(list(extras)).items():
        gathered.want((extra,), tier)


def _groups(gathered: Gathered, path: str, groups: Table) -> None:
    by_name: Table = {canonicalize_name(name): items for name, items in groups.items()}
    chosen = want_test_names(list(by_name))
    for name, tier in chosen.items():
        _group(gathered, path, by_name, name, tier, (), set())
    if left_out := sorted(set(by_name) - set(chosen)):
        gathered.facts["groups_left_out"] = [shown(one, 60) for one in left_out]


def _group(
    gathered: Gathered,
    path: str,
    groups: Table,
    name: str,
    tier: Tier,
    chain: tuple[str, ...],
    done: set[str],
) -> None:
    if name in chain:
        gathered.reader.refuse(f"the dependency group {shown(name, 60)} includes itself", path)
        return
    if name in done:
        return
    done.add(name)
    if name not in groups:
        gathered.reader.refuse(f"there is no dependency group {shown(name, 60)}", path)
        return
    if len(chain) > 20:
        gathered.reader.refuse("dependency groups are nested more than 20 deep", path)
        return
    for item in as_list(groups[name]):
        if isinstance(item, dict) and isinstance(item.get("include-group"), str):
            included = canonicalize_name(item["include-group"])
            _group(gathered, path, groups, included, tier, (*chain, name), done)
        else:
            gathered.add(item, path, tier=tier)


def _tool_tables(gathered: Gathered, path: str, document: Table) -> None:
    """Development dependencies as uv, pdm and hatch kept them before PEP 735."""
    for raw in as_list(table(document, "tool", "uv").get("dev-dependencies")):
        gathered.add(raw, path)
    pdm = table(document, "tool", "pdm", "dev-dependencies")
    for name, tier in want_test_names(list(pdm)).items():
        for raw in as_list(pdm.get(name)):
            gathered.add(raw, path, tier=tier)
    environments = table(document, "tool", "hatch", "envs")
    for name in _HATCH_ENVIRONMENTS:
        environment = table(environments, name)
        for key in ("dependencies", "extra-dependencies"):
            for raw in as_list(environment.get(key)):
                gathered.add(raw, path, tier=Tier.OPTIONAL)
        features = tuple(canonicalize_name(one) for one in texts(environment.get("features")))
        gathered.want(features, Tier.OPTIONAL)


def _sources(gathered: Gathered, path: str, document: Table) -> None:
    """Remembers which names `[tool.uv.sources]` takes from elsewhere; they are refused where used."""
    for name, source in table(document, "tool", "uv", "sources").items():
        for one in source if isinstance(source, list) else [source]:
            if isinstance(one, dict):
                gathered.foreign[canonicalize_name(name)] = (
                    _source_kind(one),
                    path,
                    gathered.line_of(path, name),
                )


def _source_kind(source: Table) -> str:
    if source.get("workspace") is True:
        return "workspace"
    for key in ("git", "url", "path", "index"):
        if key in source:
            return {"git": "version control", "url": "an address", "path": "a local path"}.get(
                key, "an index of its own"
            )
    return "elsewhere"


def _dynamic(gathered: Gathered, path: str, document: Table) -> None:
    """Dynamic dependencies, from static files where setuptools or hatch name them."""
    dynamic = set(texts(table(document, "project").get("dynamic")))
    if not dynamic & {"dependencies", "optional-dependencies"}:
        return
    folder = posixpath.dirname(path)
    tables = table(document, "tool", "setuptools", "dynamic")
    hook = table(document, "tool", "hatch", "metadata", "hooks", "requirements_txt")
    if "dependencies" in dynamic:
        files = texts(table(tables, "dependencies").get("file")) or texts(hook.get("files"))
        if files:
            _files(gathered, path, folder, files, None)
        else:
            gathered.facts["dynamic_dependencies"] = True
    if "optional-dependencies" in dynamic:
        extras = table(tables, "optional-dependencies")
        for extra, source in extras.items():
            _files(gathered, path, folder, texts(table(source).get("file")), extra)
        for extra, tier in want_test_names(list(extras)).items():
            gathered.want((extra,), tier)


def _files(gathered: Gathered, path: str, folder: str, files: list[str], extra: str | None) -> None:
    for file in files:
        target = inside(folder, file)
        if target is None or not gathered.reader.has(target):
            gathered.reader.refuse(f"{shown(file, 80)!r} is not a file of the repository", path)
            continue
        found = read_requirement_file(gathered.reader, target)
        if extra is not None:
            gathered.extras.setdefault(canonicalize_name(extra), []).extend(found.requirements)
            continue
        for one in found.requirements:
            gathered.take(one)
