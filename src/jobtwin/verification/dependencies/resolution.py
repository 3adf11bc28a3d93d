"""From a plan to a lock: exact versions with hashes, wheels only, kept for a day."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from jobtwin.core.canonical import canonical_json
from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.clean import specifier_of
from jobtwin.verification.dependencies.failure import DependencyFailure, installer_failure
from jobtwin.verification.dependencies.installer import Slow, private_installer
from jobtwin.verification.dependencies.interpreter import Interpreter
from jobtwin.verification.dependencies.plan import Plan, Tier
from jobtwin.verification.dependencies.recorded import RecordedLock, asked_digest
from jobtwin.verification.dependencies.settings import EnvironmentSettings

_VERSION = 1
_MAX_ROUNDS = 12
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9]")
_LINE = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>[^\n]*)$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NEVER_GIVEN_UP = frozenset({Reason.INFRASTRUCTURE, Reason.TIMEOUT, Reason.NOT_SUPPORTED})


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock: exact version and the SHA-256 digests (hex) that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything to install, sorted by name. `given_up`: optional requirements left out, each with why."""

    packages: tuple[Locked, ...]
    given_up: tuple[tuple[str, str], ...] = ()
    cached: bool = False

    @property
    def text(self) -> str:
        """The lock as a requirement file with hashes."""
        return "".join(
            " \\\n    ".join([f"{one.name}=={one.version}", *(f"--hash=sha256:{h}" for h in one.hashes)])
            + "\n"
            for one in self.packages
        )

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def resolve(
    plan: Plan, interpreter: Interpreter, settings: EnvironmentSettings, on_log: Callable[[str], None]
) -> Lock:
    """The lock of a plan. Raises DependencyFailure.

    Where the needed requirements have a solution and all of them together have none, optional ones are given
    up, those that the installer names first.
    """
    asked = asked_digest(_wanted(plan, settings), _bounds(plan), _asked(plan), plan.prereleases)
    lock = _recorded(asked, settings)
    if lock is None:
        kept = settings.resolutions / f"{_key(plan, interpreter, settings)}.json"
        lock = _remembered(kept, settings)
        if lock is None:
            lock = _resolve(plan, interpreter, settings, on_log)
            _remember(kept, lock)
    if len(lock.packages) > settings.max_packages:
        raise DependencyFailure(
            Reason.NOT_SUPPORTED,
            f"the requirements need {len(lock.packages)} packages; the limit is {settings.max_packages}",
            {"limit": "max_packages", "packages": len(lock.packages)},
        )
    lock = replace(lock, packages=_only_allowed(lock.packages, plan))
    settings.on_lock(RecordedLock(asked, lock.text, lock.given_up))
    return lock


def _recorded(asked: str, settings: EnvironmentSettings) -> Lock | None:
    """The lock that an earlier verification used for the same."""
    found = next((one for one in settings.recorded if one.asked == asked), None)
    return None if found is None else Lock(parse_lock(found.text), given_up=found.given_up, cached=True)


def _key(plan: Plan, interpreter: Interpreter, settings: EnvironmentSettings) -> str:
    texts = [_wanted(plan, settings), _bounds(plan), _asked(plan), plan.prereleases, interpreter.identity]
    return hashlib.sha256(canonical_json([_VERSION, texts, dict(settings.installer)])).hexdigest()


def _asked(plan: Plan) -> list[list[str]]:
    return sorted([one.text, one.tier.value] for one in plan.requirements)


def _resolve(
    plan: Plan, interpreter: Interpreter, settings: EnvironmentSettings, on_log: Callable[[str], None]
) -> Lock:
    given_up: dict[str, str] = {}
    for _ in range(_MAX_ROUNDS):
        on_log(f"resolving {len(plan.requirements)} requirements")
        try:
            return Lock(_compile(plan, interpreter, settings), given_up=tuple(sorted(given_up.items())))
        except DependencyFailure as failure:
            names = set() if failure.reason in _NEVER_GIVEN_UP else _give_up(plan, failure)
            if not names:
                raise
            on_log(f"{failure.summary}; going on without {', '.join(sorted(names))}")
            given_up |= dict.fromkeys(names, failure.summary)
            plan = _without(plan, names)
    raise DependencyFailure(
        Reason.UNRESOLVABLE_STATICALLY, f"no set of versions was found in {_MAX_ROUNDS} rounds"
    )


def _give_up(plan: Plan, failure: DependencyFailure) -> set[str]:
    """Names to go on without: those that the installer speaks of, else a whole tier; never a needed one."""
    needed = {one.name for one in plan.requirements if one.tier is Tier.NEEDED}
    said = {canonicalize_name(word) for word in _WORD.findall(str(failure.facts.get("installer_said", "")))}
    tiers = [
        {one.name for one in plan.requirements if one.tier is tier} - needed
        for tier in (Tier.OPTIONAL, Tier.BUILD)
    ]
    named = next((names & said for names in tiers if names & said), None)
    return named or next((names for names in tiers if names), set())


def _without(plan: Plan, names: set[str]) -> Plan:
    return replace(plan, requirements=tuple(one for one in plan.requirements if one.name not in names))


def _wanted(plan: Plan, settings: EnvironmentSettings) -> list[str]:
    return sorted({one.text for one in plan.requirements} | {settings.pytest_requirement})


def _bounds(plan: Plan) -> list[str]:
    return sorted({one.text for one in plan.constraints} | {pin.text for pin in plan.pins})


def _lines(texts: list[str]) -> str:
    """One text a line. A text with a line break, or one that starts an option, is a fault of the cleaning."""
    if any(not text.isprintable() or text.startswith("-") for text in texts):
        raise DependencyFailure(Reason.BAD_REQUIREMENT, "a requirement is not one plain line")
    return "".join(f"{text}\n" for text in texts)


def _compile(plan: Plan, interpreter: Interpreter, settings: EnvironmentSettings) -> tuple[Locked, ...]:
    settings.cache.mkdir(parents=True, exist_ok=True)
    with private_installer(settings) as installer:
        clean, bounds = installer.folder / "clean.in", installer.folder / "bounds.in"
        clean.write_text(_lines(_wanted(plan, settings)))
        bounds.write_text(_lines(_bounds(plan)))
        arguments = ["pip", "compile", "--quiet", "--python", str(interpreter.path), "--only-binary", ":all:"]
        arguments += ["--generate-hashes", "--no-header", "--no-annotate", *settings.index_options]
        arguments += ["--constraints", str(bounds)]
        arguments += ["--prerelease", "allow"] if plan.prereleases else []
        try:
            code, out, err = installer.run([*arguments, str(clean)], seconds=settings.resolve_seconds)
        except Slow as slow:
            raise DependencyFailure(
                Reason.TIMEOUT,
                f"the requirements were not resolved in {settings.resolve_seconds:g} s; "
                "pin their versions or commit a lock",
                {"limit": "resolve_seconds"},
            ) from slow
    if code != 0:
        raise installer_failure(err, {"phase": "resolve"})
    return parse_lock(out)


def parse_lock(text: str) -> tuple[Locked, ...]:
    """The packages of a compiled requirement file. Raises DependencyFailure for a line of any other form."""
    found: dict[str, Locked] = {}
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line.strip())
        if match is None or not _HASH.search(match["rest"]):
            raise DependencyFailure(
                Reason.INFRASTRUCTURE, "the installer wrote a lock of unknown form", {"line": line[:200]}
            )
        name = canonicalize_name(match["name"])
        found[name] = Locked(name, match["version"], tuple(sorted(_HASH.findall(match["rest"]))))
    return tuple(found[name] for name in sorted(found))


def _only_allowed(packages: tuple[Locked, ...], plan: Plan) -> tuple[Locked, ...]:
    """The lock with only those hashes that the submission's own pins allow. Raises DependencyFailure."""
    allowed: dict[tuple[str, str], set[str]] = {}
    for pin in plan.pins:
        if pin.hashes:
            allowed.setdefault((pin.name, pin.version), set()).update(pin.hashes)
    for one in (*plan.requirements, *plan.constraints):
        exact = [each.version for each in specifier_of(one) if each.operator == "=="]
        if one.hashes and len(exact) == 1:
            allowed.setdefault((one.name, exact[0]), set()).update(one.hashes)
    return tuple(_restricted(one, allowed.get((one.name, one.version))) for one in packages)


def _restricted(package: Locked, allowed: set[str] | None) -> Locked:
    if allowed is None:
        return package
    common = tuple(sorted(allowed & set(package.hashes)))
    if not common:
        raise DependencyFailure(
            Reason.BAD_REQUIREMENT,
            f"no file of {package.name} {package.version} at the index has a hash that the submission allows",
            {"package": package.name, "version": package.version},
        )
    return replace(package, hashes=common)


def _remembered(path: Path, settings: EnvironmentSettings) -> Lock | None:
    try:
        document = json.loads(path.read_text())
        if settings.clock() - path.stat().st_mtime > settings.resolution_seconds:
            return None
        packages = tuple(
            Locked(name, version, tuple(hashes)) for name, version, hashes in document["packages"]
        )
        given_up = tuple((str(name), str(why)) for name, why in document["given_up"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return Lock(packages, given_up=given_up, cached=True)


def _remember(path: Path, lock: Lock) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    packages = [[one.name, one.version, one.hashes] for one in lock.packages]
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{id(lock)}")
    fresh.write_text(json.dumps({"packages": packages, "given_up": lock.given_up}))
    fresh.replace(path)
