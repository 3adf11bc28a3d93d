"""Which facts of a Python file a probe asks for."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain

from jobtwin.core.criterion import PythonProbe
from jobtwin.review.pyfacts import Fact, PythonFacts


def uses(facts: PythonFacts, probe: PythonProbe) -> Iterator[Fact]:
    """The facts that count for the probe."""
    for fact in _all_uses(facts, probe):
        if not any(_name_fits(fact.name, name) for name in probe.without):
            yield fact


def _all_uses(facts: PythonFacts, probe: PythonProbe) -> Iterator[Fact]:
    for fact in facts.imports:
        if any(fact.name == name or fact.name.startswith(f"{name}.") for name in probe.imports):
            yield fact
    for wanted, facts_of_kind in _listed_facts(facts, probe):
        yield from (fact for fact in facts_of_kind if any(_name_fits(fact.name, name) for name in wanted))
    yield from (
        f for f in facts.defines if any(fnmatchcase(f.name.lower(), n.lower()) for n in probe.defines)
    )
    yield from (f for f in facts.routes if any(re.search(pattern, f.name) for pattern in probe.routes))


def _listed_facts(facts: PythonFacts, probe: PythonProbe) -> Iterator[tuple[tuple[str, ...], list[Fact]]]:
    yield probe.calls, facts.calls
    yield probe.keywords, facts.keywords
    yield probe.reads, facts.reads


def _name_fits(dotted: str, wanted: str) -> bool:
    """A name without dots fits the last part; a dotted one fits the whole name or its end."""
    if "." not in wanted:
        return fnmatchcase(dotted.rpartition(".")[2], wanted)
    return fnmatchcase(dotted, wanted) or fnmatchcase(dotted, f"*.{wanted}")


def lexical(probe: PythonProbe) -> re.Pattern[str]:
    """Matches every text that can satisfy the probe: a cheap look before parsing."""
    parts: set[str] = set()
    for name in chain(probe.imports, probe.calls, probe.defines, probe.keywords, probe.reads):
        last = [piece for piece in re.split(r"[.*?\[\]]+", name) if piece]
        parts.add(re.escape(max(last, key=len)) if last else "")
    parts |= {pattern.removeprefix("^").removesuffix("$") for pattern in probe.routes}
    if probe.takes:
        parts.add(r"@\w+\.(?:get|post|put|patch|delete|route|api_route|websocket)\(")
    return re.compile("|".join(f"(?:{part})" for part in sorted(parts)), re.IGNORECASE)
