"""`[tool.poetry]` and Pipfile tables: their version constraints written as PEP 440."""

import re

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from jobtwin.verification.dependencies.clean import NotAccepted
from jobtwin.verification.dependencies.gathering import Gathered, Table, table, texts, want_test_names
from jobtwin.verification.dependencies.plan import Tier
from jobtwin.verification.dependencies.reader import shown

ASIDE = re.compile(
    r"^(docs?|documentation|sphinx|mkdocs|lint|linting|linters?|typing|types?|mypy|format|style|release|publish|deploy"
    r"|bench|benchmarks?|gpu|cuda|rocm|windows|win|mac|macos|darwin|notebooks?|examples?|minimal|oldest|lowest)$"
)
"""Names of groups and requirement files that no test suite needs."""

_MAX_CONSTRAINT = 300
_PART = re.compile(r"^(\^|~=|~|==|!=|>=|<=|>|<|=)?\s*v?([0-9][0-9A-Za-z.*+!-]*)$")


def read_poetry(gathered: Gathered, path: str, poetry: Table) -> None:
    """Gathers the dependencies of `[tool.poetry]`, its extras and the groups that install by default."""
    if gathered.name is None and isinstance(poetry.get("name"), str):
        gathered.name = canonicalize_name(str(poetry["name"]))
    main = table(poetry, "dependencies")
    _python(gathered, path, main.get("python"))
    extras = {extra: set(map(_name, texts(names))) for extra, names in table(poetry, "extras").items()}
    for name, value in main.items():
        if name.lower() != "python":
            _dependency(gathered, path, name, value, Tier.NEEDED, extras)
    for extra, tier in want_test_names(list(extras)).items():
        gathered.want((canonicalize_name(extra),), tier)
    groups = {"dev": {"dependencies": poetry.get("dev-dependencies")}, **table(poetry, "group")}
    wanted = want_test_names([name for name, group in groups.items() if table(group, "dependencies")])
    for name, group in groups.items():
        aside = ASIDE.match(canonicalize_name(name)) or table(group).get("optional") is True
        if aside and canonicalize_name(name) not in wanted:
            continue
        group_tier = wanted.get(canonicalize_name(name), Tier.OPTIONAL)
        for dependency, value in table(group, "dependencies").items():
            if dependency.lower() != "python":
                _dependency(gathered, path, dependency, value, group_tier, {})


def poetry_specifier(text: str) -> str:
    """A constraint of poetry as PEP 440. Raises NotAccepted where it has no such form.

    Of alternatives (`||`) the last one stands, which by custom is the newest.
    """
    if len(text) > _MAX_CONSTRAINT:
        raise NotAccepted(f"{shown(text, 80)!r} is not a version constraint")
    last = re.split(r"\|\|?", text)[-1]
    pieces = (one.strip() for one in re.sub(r"(?<=[0-9a-z*])\s+(?=[<>=!~^])", ",", last).split(","))
    return ",".join(filter(None, (_piece(one) for one in pieces if one)))


def requirement_text(name: str, value: object) -> list[str]:
    """A dependency of poetry or pipenv as PEP 508, one text a version. Raises NotAccepted."""
    if isinstance(value, list):
        plain = [one for one in value[:20] if not isinstance(one, list)]
        return [text for one in plain for text in requirement_text(name, one)]
    if isinstance(value, str):
        return [name + poetry_specifier(value)]
    if not isinstance(value, dict):
        raise NotAccepted(f"{shown(name, 60)!r} has no version")
    for key, kind in (
        ("git", "version control"),
        ("url", "an address"),
        ("path", "a local path"),
        ("file", "a local path"),
        ("source", "an index of its own"),
        ("index", "an index of its own"),
    ):
        if key in value:
            raise NotAccepted(f"{shown(name, 60)!r} comes from {kind}; name a version of a published package")
    extras = ",".join(texts(value.get("extras")))
    marker = " and ".join(f"({one})" for one in _markers(value))
    version = value.get("version", "*")
    text = (
        name
        + (f"[{extras}]" if extras else "")
        + poetry_specifier(version if isinstance(version, str) else "*")
    )
    return [f"{text} ; {marker}" if marker else text]


def _name(raw: str) -> str:
    return canonicalize_name(raw)


def _dependency(
    gathered: Gathered, path: str, name: str, value: object, tier: Tier, extras: dict[str, set[str]]
) -> None:
    line = gathered.line_of(path, f"{name} =") or gathered.line_of(path, name)
    try:
        lines = requirement_text(name, value)
    except NotAccepted as refusal:
        gathered.reader.refuse(str(refusal), path, line)
        return
    optional = isinstance(value, dict) and value.get("optional") is True
    holders = [extra for extra, names in extras.items() if canonicalize_name(name) in names]
    for text in lines:
        if not optional:
            gathered.add(text, path, tier=tier)
        for extra in holders:
            gathered.add_extra(extra, [text], path)


def _python(gathered: Gathered, path: str, value: object) -> None:
    if isinstance(value, str):
        try:
            # Alternatives of interpreters cannot be said in PEP 440: leave the question to the resolver.
            gathered.require_python("" if "|" in value else poetry_specifier(value), path)
        except NotAccepted as refusal:
            gathered.reader.refuse(str(refusal), path)


def _markers(value: Table) -> list[str]:
    found = []
    if isinstance(value.get("markers"), str):
        found.append(str(value["markers"]))
    if isinstance(value.get("platform"), str):
        found.append(f'sys_platform == "{value["platform"]}"')
    if isinstance(value.get("python"), str):
        for one in poetry_specifier(str(value["python"]).split("|")[-1]).split(","):
            operator, version = re.match(r"([^0-9]*)(.*)", one).groups()  # type: ignore[union-attr]  # matches all
            if version:
                variable = (
                    "python_version" if version.count(".") < 2 or "*" in version else "python_full_version"
                )
                found.append(f'{variable} {operator} "{version}"')
    for one in found:
        try:
            Marker(one)
        except (InvalidMarker, RecursionError) as error:
            raise NotAccepted(f"{shown(one, 80)!r} is not an environment marker") from error
    return found


def _piece(piece: str) -> str:
    if piece in {"*", "latest"}:
        return ""
    match = _PART.match(piece)
    if match is None or len(piece) > 100:
        raise NotAccepted(f"{shown(piece, 80)!r} is not a version constraint")
    operator, version = match[1] or "==", match[2]
    if version.endswith("*"):
        return f"{'!=' if operator == '!=' else '=='}{version}"
    try:
        parsed = Version(version)
    except InvalidVersion as error:
        raise NotAccepted(f"{shown(version, 80)!r} is not a version") from error
    if operator in {"^", "~"}:
        return f">={version},<{_upper(parsed, caret=operator == '^')}"
    return f"{'==' if operator == '=' else operator}{version}"


def _upper(version: Version, *, caret: bool) -> str:
    """The first version that `^` or `~` excludes: ^1.2 <2, ^0.3.1 <0.4, ~1.2.3 <1.3, ~1 <2."""
    release = list(version.release)
    if not caret:
        kept = min(len(release), 2)
    else:
        kept = next((i + 1 for i, number in enumerate(release) if number), len(release))
    head = release[:kept]
    head[-1] += 1
    return ".".join(map(str, head))
