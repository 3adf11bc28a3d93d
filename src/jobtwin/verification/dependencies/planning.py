"""From the files of a submission to a plan: read as data, in a fixed order, nothing run."""

import posixpath
from collections.abc import Iterable
from dataclasses import replace

from packaging.requirements import Requirement as ParsedRequirement

from jobtwin.source.tree import MemoryTree, Tree
from jobtwin.verification.dependencies.clean import NotAccepted, clean_requirement
from jobtwin.verification.dependencies.gathering import TEST_NAMES, Gathered, Table, as_list, table
from jobtwin.verification.dependencies.layout import find_project
from jobtwin.verification.dependencies.metadata import metadata_lines
from jobtwin.verification.dependencies.pinning import read_pins, refuse_foreign
from jobtwin.verification.dependencies.pipfile import read_pipfile
from jobtwin.verification.dependencies.plan import ManifestLimits, Plan, Project, Requirement, Tier
from jobtwin.verification.dependencies.pyproject import read_pyproject
from jobtwin.verification.dependencies.reader import Reader, inside, shown
from jobtwin.verification.dependencies.requirement_files import read_requirement_file
from jobtwin.verification.dependencies.selection import choose_requirement_files
from jobtwin.verification.dependencies.setup_files import read_setup_cfg, read_setup_py

_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "requirements.txt")
_CONDA = ("environment.yml", "environment.yaml")
_LIMITS = ManifestLimits()
_STRENGTH = {Tier.NEEDED: 0, Tier.BUILD: 1, Tier.OPTIONAL: 2}


def plan_requirements(tree: Tree, *, subfolder: str = "", limits: ManifestLimits = _LIMITS) -> Plan:
    """What the submission's own files ask for. Never raises for what they hold; see `Plan.refusals`."""
    reader = Reader(tree, limits)
    folder = inside("", subfolder) if subfolder else ""
    if folder is None:
        reader.refuse("the subfolder leaves the repository", subfolder)
        return Plan(refusals=tuple(reader.refusals))
    gathered = Gathered(reader)
    document = _pyproject(gathered, folder)
    setup_cfg = _setup_files(gathered, folder)
    if reader.has(posixpath.join(folder, "Pipfile")):
        read_pipfile(gathered, posixpath.join(folder, "Pipfile"))
    _requirement_files(gathered, folder)
    gathered.expand_extras()
    gathered.requirements = [one for one in gathered.requirements if one.name != gathered.name]
    pins = read_pins(gathered, folder)
    refuse_foreign(gathered)
    _unresolvable(gathered, folder)
    project = find_project(gathered, folder, document, setup_cfg=setup_cfg)
    _build_requirements(gathered, project, document)
    if pins:
        gathered.facts["locked"] = len(pins)
    return Plan(
        requirements=_distinct(gathered.requirements),
        constraints=_distinct(gathered.constraints),
        pins=pins,
        refusals=tuple(reader.refusals),
        project=project,
        python_requires=gathered.python_requires,
        unresolvable=tuple(dict.fromkeys(gathered.unresolvable)),
        files_read=tuple(reader.files_read),
        prereleases=gathered.prereleases,
        facts={**gathered.facts, "files_read": list(reader.files_read)},
    )


def build_plan(plan: Plan) -> Plan:
    """The plan of the build requirements alone: enough to build the metadata inside the sandbox."""
    needed = tuple(replace(one, tier=Tier.NEEDED) for one in plan.requirements if one.tier is Tier.BUILD)
    return replace(plan, requirements=needed, constraints=(), pins=(), unresolvable=())


def plan_with_metadata(plan: Plan, metadata: bytes, *, limits: ManifestLimits = _LIMITS) -> Plan:
    """The plan with the dependencies of a METADATA file that the sandbox built: the same cleaning applies."""
    reader = Reader(MemoryTree({}), limits)
    gathered = Gathered(reader, name=plan.project.name if plan.project else None)
    for number, raw in metadata_lines(metadata, "Requires-Dist"):
        try:
            cleaned = clean_requirement(raw, origin=f"METADATA:{number}", limits=limits)
        except NotAccepted as refusal:
            reader.refuse(str(refusal), "METADATA", number)
            continue
        wanted = _in_metadata(cleaned)
        if wanted is not None:
            gathered.take(wanted)
    for number, raw in metadata_lines(metadata, "Requires-Python")[:1]:
        gathered.require_python(raw, f"METADATA:{number}")
    return replace(
        plan,
        requirements=_distinct([*plan.requirements, *gathered.requirements]),
        refusals=(*plan.refusals, *reader.refusals),
        python_requires=plan.python_requires or gathered.python_requires,
        unresolvable=(),
        facts={**plan.facts, "metadata": "built in the sandbox"},
    )


def _in_metadata(requirement: Requirement) -> Requirement | None:
    """None where the marker asks for an extra that no suite counts on; the resolver reads other markers."""
    parsed = ParsedRequirement(requirement.text)
    if parsed.marker is None or "extra" not in str(parsed.marker):
        return requirement
    if not any(parsed.marker.evaluate({"extra": extra}) for extra in TEST_NAMES):
        return None
    parsed.marker = None
    return replace(requirement, text=str(parsed))


def _pyproject(gathered: Gathered, folder: str) -> Table:
    path = posixpath.join(folder, "pyproject.toml")
    document = gathered.reader.toml(path) if gathered.reader.has(path) else None
    if document is not None:
        read_pyproject(gathered, path, document)
    return document or {}


def _setup_files(gathered: Gathered, folder: str) -> bool:
    cfg, script = posixpath.join(folder, "setup.cfg"), posixpath.join(folder, "setup.py")
    described = read_setup_cfg(gathered, cfg) if gathered.reader.has(cfg) else False
    if gathered.reader.has(script):
        static = any(one.tier is not Tier.BUILD for one in gathered.requirements)
        read_setup_py(gathered, script, dependencies=not static)
    return described


def _requirement_files(gathered: Gathered, folder: str) -> None:
    reader = gathered.reader
    declared = any(one.tier is Tier.NEEDED for one in gathered.requirements)
    chosen = choose_requirement_files(reader, folder, declared=declared)
    left_out = dict(chosen.left_out)
    used: list[str] = []
    for path, tier in chosen.files.items():
        before = len(reader.refusals)
        found = read_requirement_file(reader, path, tier=tier)
        if path in chosen.lenient and len(reader.refusals) > before:
            left_out[path] = str(reader.refusals[before])
            del reader.refusals[before:]
            continue
        used.append(path)
        gathered.constraints += found.constraints
        gathered.prereleases |= found.prereleases
        for itself in found.itself:
            gathered.ask_for_itself(itself, tier)
        for one in found.requirements:
            gathered.take(one)
    gathered.facts["requirement_files"] = used
    if left_out:
        gathered.facts["requirement_files_left_out"] = {shown(path): why for path, why in left_out.items()}


def _build_requirements(gathered: Gathered, project: Project | None, document: Table) -> None:
    """Leaves them out where nothing is built; adds what setuptools takes for granted."""
    if project is None:
        gathered.requirements = [one for one in gathered.requirements if one.tier is not Tier.BUILD]
        return
    path = posixpath.join(project.folder, "pyproject.toml")
    if not table(document, "build-system").get("requires"):
        gathered.add("setuptools", path, tier=Tier.BUILD)
    if project.backend.startswith("setuptools"):
        # Before setuptools 70.1 the wheel command stood in a package of its own.
        gathered.add("wheel", path, tier=Tier.BUILD)


def _unresolvable(gathered: Gathered, folder: str) -> None:
    """What only running code, or another installer, could tell."""
    facts, reader = gathered.facts, gathered.reader
    read = any(one.tier is not Tier.BUILD for one in gathered.requirements)
    static = read or bool(facts["requirement_files"])
    if facts.pop("dynamic_dependencies", False) and not static:
        gathered.unresolvable.append(
            "pyproject.toml leaves its dependencies to the build backend (dynamic); "
            "write them in [project] dependencies"
        )
    computes = as_list(facts.get("setup_py_computes"))
    if computes and not static:
        gathered.unresolvable.append(
            f"setup.py computes {', '.join(map(str, computes))}; write the dependencies in pyproject.toml"
        )
    if read or any(reader.has(posixpath.join(folder, name)) for name in _MANIFESTS):
        return
    conda = [name for name in _CONDA if reader.has(posixpath.join(folder, name))]
    if conda:
        gathered.unresolvable.append(f"{conda[0]} is for conda; add a requirements.txt or a pyproject.toml")
    below = sorted({path.split("/")[0] for path in reader.paths() if path.partition("/")[2] in _MANIFESTS})
    if below and not folder:
        facts["manifests_in_subfolders"] = [shown(one) for one in below[:20]]


def _distinct(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Each text once, with the strongest tier and all its hashes, in the order of first mention."""
    kept: dict[str, Requirement] = {}
    for one in requirements:
        other = kept.setdefault(one.text, one)
        if other is not one:
            first = min(other, one, key=lambda each: _STRENGTH[each.tier])
            kept[one.text] = replace(first, hashes=tuple(sorted({*one.hashes, *other.hashes})))
    return tuple(kept.values())
