"""Why an environment could not be built, and what the installer's own words mean."""

import re
from collections.abc import Mapping

from jobtwin.core.check import RETRYABLE, Reason
from jobtwin.core.errors import JobTwinError
from jobtwin.verification.dependencies.reader import shown


class DependencyFailure(JobTwinError):
    """No environment, with the reason of the check that it decides. `retry` says whether a retry helps."""

    code = "dependency_failure"

    def __init__(self, reason: Reason, summary: str, facts: Mapping[str, object] | None = None) -> None:
        super().__init__(summary, code=reason.value)
        self.reason = reason
        self.summary = summary
        self.facts: dict[str, object] = dict(facts or {})
        self.retry = reason in RETRYABLE


_NETWORK = re.compile(
    r"Failed to fetch|Request failed|error sending request|dns error|Connection refused|timed out|HTTP status"
    r"|UnknownIssuer|was not found in the cache|network connectivity is disabled",
    re.IGNORECASE,
)
_NO_WHEEL = re.compile(
    r"(?<![\w.}-])([A-Za-z0-9._-]+)(?:\{[^}]*\})?((?:[=<>!~][^\s,]*)?)"
    r" ha(?:s|ve) no (?:usable wheels|wheels with a matching)"
)
_MISSING = re.compile(
    r"([A-Za-z0-9._-]+) was not found in the (?:package registry|provided package locations)"
)
_NO_VERSION = re.compile(r"there (?:is|are) no versions? of ([^\s]+)")
_PYTHON = re.compile(r"does not satisfy Python|Requires-Python|requires Python", re.IGNORECASE)
_WANTS_PYTHON = re.compile(
    r"current Python version \((\d[\d.]*)\) does not satisfy Python([<>=!~][^ ]*) and you require ([^ ]+),"
)
_OURS = re.compile(
    r"No space left|quota exceeded|Too many open files|Permission denied|Read-only", re.IGNORECASE
)
_BROKEN = re.compile(
    r"Failed to (?:install|unzip|extract|read)|wheel is invalid|invalid (?:wheel|zip)", re.IGNORECASE
)
_HASH = re.compile(r"Hash mismatch|no hashes|hash-checking|--require-hashes", re.IGNORECASE)


def installer_failure(output: str, facts: Mapping[str, object]) -> DependencyFailure:
    """What the installer's standard error says. What nobody foresaw is the platform's fault."""
    said = shown(re.sub(r"\s+", " ", output).strip(), 600)
    facts = {**facts, "installer_said": said}
    if "No solution found" in output:
        return _no_solution(output, facts)
    if _OURS.search(output):
        return DependencyFailure(
            Reason.INFRASTRUCTURE, "this machine has no room or no right to install", facts
        )
    if _NETWORK.search(output):
        return DependencyFailure(
            Reason.INFRASTRUCTURE, "the package index cannot be reached from here", facts
        )
    if _HASH.search(output):
        return DependencyFailure(
            Reason.BAD_REQUIREMENT, "a downloaded package does not have the hash that is asked for", facts
        )
    if _BROKEN.search(output):
        return DependencyFailure(
            Reason.BAD_REQUIREMENT, "a package is broken: its wheel cannot be installed", facts
        )
    return DependencyFailure(Reason.INFRASTRUCTURE, "the installer failed in a way that is not known", facts)


def _wanted_python(said: str) -> str:
    """Which dependency wants which Python, where the installer says so."""
    found = _WANTS_PYTHON.search(said)
    if found is None:
        return "a dependency needs another version of Python than this machine has"
    here, wanted, name = found.groups()
    return f"{shown(name, 80)} needs Python {shown(wanted, 40)}; this machine has {here}"


def _no_solution(output: str, facts: Mapping[str, object]) -> DependencyFailure:
    flat = re.sub(r"\s+", " ", output)
    if "was not found in the cache" in flat or "network connectivity is disabled" in flat:
        return DependencyFailure(
            Reason.INFRASTRUCTURE, "the package index cannot be reached from here", facts
        )
    missing = sorted(set(_MISSING.findall(flat)))
    if missing:
        return DependencyFailure(
            Reason.BAD_REQUIREMENT, f"no package of that name: {', '.join(missing[:10])}", facts
        )
    without = sorted({name + version for name, version in _NO_WHEEL.findall(flat)})
    if without:
        return DependencyFailure(
            Reason.UNRESOLVABLE_STATICALLY,
            f"{', '.join(without[:10])}: no wheel for this Python and platform, and building a package from "
            "source would run its code; ask for a version that has a wheel",
            {**facts, "without_wheel": without},
        )
    if _PYTHON.search(flat):
        return DependencyFailure(Reason.NO_INTERPRETER, _wanted_python(flat), facts)
    absent = sorted(set(_NO_VERSION.findall(flat)))
    if absent and not re.search(r"depends on|you require .* and you require", flat):
        return DependencyFailure(Reason.BAD_REQUIREMENT, f"no such version: {', '.join(absent[:10])}", facts)
    return DependencyFailure(
        Reason.BAD_REQUIREMENT,
        "the requirements contradict each other; no set of versions meets them all",
        facts,
    )
