"""Python probes: the files that could meet one, those that speak most of it first, and what they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from jobtwin.core.criterion import PythonProbe
from jobtwin.core.draft_review import Finding
from jobtwin.core.evidence import Span
from jobtwin.review.files import Files
from jobtwin.review.kinds import is_service, is_test
from jobtwin.review.pyfacts import Fact, PythonFacts, python_facts
from jobtwin.review.pylive import Liveness
from jobtwin.review.pyuses import lexical, uses
from jobtwin.review.results import ProbeResult, some

_COUNTS = frozenset({"inc", "observe", "incr", "timing"})
"""Calls that count what happens: once at the start of a module nothing has happened."""
_CLASS = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)
EVERY_PYTHON_FILE = ("**/*.py",)
_OTHER_LANGUAGES = (
    ".ts", ".tsx", ".js", ".go", ".rs", ".java", ".kt", ".rb", ".cs", ".ex", ".scala", ".php",
)  # fmt: skip


@dataclass
class PythonSearch:
    """Python files of one tree; each is parsed at most once."""

    files: Files
    _facts: dict[str, PythonFacts] = field(default_factory=dict)
    _bases: dict[str, set[str]] = field(default_factory=dict)
    _live: Liveness = field(init=False)

    def __post_init__(self) -> None:
        self._live = Liveness(self.files)

    def evaluate(self, probe: PythonProbe) -> ProbeResult:
        """The result of one probe."""
        looked = self._looked_at(probe)
        seen: dict[str, Span] = {}
        unread: list[str] = []
        for path in self._speaking(looked, probe):
            facts = self._facts_of(path)
            unread.extend([] if facts.parsed else [path])
            for fact in self._counted(facts, probe):
                if fact.name not in seen and self._is_reached(path, fact):
                    seen[fact.name] = Span(path, fact.start, fact.end)
            if len(seen) >= probe.at_least:
                return ProbeResult(Finding.MET, some(seen.values()), f"The code uses {_listed(seen)}.")
        if unread:
            return ProbeResult(Finding.UNCLEAR, (), f"{unread[0]} could not be parsed as Python.")
        if not looked and self._speaks_another_language():
            return ProbeResult(Finding.UNCLEAR, (), "The code is not Python; this rule reads Python only.")
        return ProbeResult(Finding.NOT_MET, some(seen.values()), "The Python code shows no such use.")

    def is_imported(self, path: str) -> bool:
        """False for a module of the service that nothing starts or imports; true for every other file."""
        return not (path.endswith(".py") and is_service(path)) or self._live.begins(path)

    def _looked_at(self, probe: PythonProbe) -> tuple[str, ...]:
        paths = self.files.matching(probe.paths)[: self.files.limits.max_probe_files]
        return tuple(p for p in paths if is_service(p)) if probe.paths == EVERY_PYTHON_FILE else paths

    def _speaking(self, looked: tuple[str, ...], probe: PythonProbe) -> list[str]:
        """Files with a word of the probe, those with most different ones first: they show it best."""
        words = lexical(probe)
        found = {path: words.findall("\n".join(self.files.lines(path))) for path in looked}
        speaking = (path for path in looked if found[path])
        return sorted(speaking, key=lambda path: (-len(set(found[path])), -len(found[path]), path))

    def _counted(self, facts: PythonFacts, probe: PythonProbe) -> Iterator[Fact]:
        yield from uses(facts, probe)
        wanted = set(probe.takes)
        yield from (fact for fact in facts.takes if wanted and self._derives(fact.name, wanted))

    def _is_reached(self, path: str, fact: Fact) -> bool:
        """False for what nobody calls, and for a value that nobody reads; tests are called by their tool."""
        if is_test(path):
            return True
        if fact.name.rpartition(".")[2] in _COUNTS and not self._live.is_inside(path, fact.start):
            return False
        return self._live.reaches(path, fact.start) and (
            not fact.kept_as or self._live.is_read(path, fact.kept_as)
        )

    def _derives(self, name: str, wanted: set[str]) -> bool:
        """True where a class that has fields has one of the wanted ones among its bases, near or far."""
        seen: set[str] = set()
        todo = [name]
        shaped = derived = False
        while todo and not (shaped and derived):
            one = todo.pop()
            bases = self._bases_of(one) - seen
            shaped = shaped or any(one in self._facts_of(path).shaped for path in self._defining.get(one, ()))
            derived = derived or bool(bases & wanted)
            seen |= bases
            todo.extend(bases)
        return shaped and derived

    def _bases_of(self, name: str) -> set[str]:
        """The direct bases of the classes of that name; only files that define one are parsed."""
        if name not in self._bases:
            listed = (self._facts_of(path).bases.get(name, ()) for path in self._defining.get(name, ()))
            self._bases[name] = {base for bases in listed for base in bases}
        return self._bases[name]

    @cached_property
    def _defining(self) -> dict[str, list[str]]:
        """Files of the service by the names of classes that stand in them."""
        found: dict[str, list[str]] = {}
        service = [path for path in self.files.matching(EVERY_PYTHON_FILE) if is_service(path)]
        for path in service[: self.files.limits.max_probe_files]:
            for name in set(_CLASS.findall("\n".join(self.files.lines(path)))):
                found.setdefault(name, []).append(path)
        return found

    def _facts_of(self, path: str) -> PythonFacts:
        if path not in self._facts:
            self._facts[path] = python_facts(self.files.lines(path), self._live.is_hollow)
        return self._facts[path]

    def _speaks_another_language(self) -> bool:
        if any(path.endswith(".py") for path in self.files.own):
            return False
        return any(path.endswith(_OTHER_LANGUAGES) for path in self.files.own)


def _listed(names: dict[str, Span]) -> str:
    return ", ".join(sorted(name.strip(".") for name in names)[:3])
