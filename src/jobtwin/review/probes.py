"""Probes: declarative rules of a brief, held against the files of a tree, with the lines that show it.

Comments, docstrings and prose never satisfy a rule about code, configuration or CI. A probe that could
not look (no Python in the tree, a file that this grammar does not read, a limit) is unclear, never not met.
"""

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from jobtwin.core.criterion import (
    AnyProbe,
    ConfigProbe,
    ContainerProbe,
    DependencyProbe,
    DocumentProbe,
    FilesProbe,
    PinnedProbe,
    Probe,
    PythonProbe,
    TextProbe,
    WorkflowProbe,
)
from jobtwin.core.draft_review import Finding
from jobtwin.core.evidence import MAX_SPAN_LINES, Span
from jobtwin.review.containers import last_instruction
from jobtwin.review.documents import NO_SECTION, DocumentResult, Outline, hold_against, outline
from jobtwin.review.files import Files
from jobtwin.review.globs import compiled
from jobtwin.review.kinds import Kind, is_generated, is_prose, is_service, kind_of
from jobtwin.review.manifests import dependencies_of, normalised
from jobtwin.review.neutral import neutral_lines
from jobtwin.review.pins import unpinned
from jobtwin.review.pyfacts import PythonFacts, python_facts
from jobtwin.review.pyuses import lexical, uses
from jobtwin.review.structure import parse_structure
from jobtwin.review.substance import (
    MAX_LINE,
    blank_html_comments,
    code_lines,
    substantial_code,
    substantial_prose,
)
from jobtwin.review.workflows import Command, commands_of

MAX_SPANS = 5
MIN_BINARY_BYTES = 512
_PICTURE = re.compile(r"[\w./%@+-]{1,200}\.(?:png|jpe?g|gif|webp|svg|mp4|webm|cast)\b", re.IGNORECASE)
EVERY_PYTHON_FILE = ("**/*.py",)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a probe found: the finding, at most five spans, and what was seen or is missing in plain words."""

    finding: Finding
    spans: tuple[Span, ...] = ()
    note: str = ""


@dataclass
class Prober:
    """Evaluates probes over one tree; what was read once is kept."""

    files: Files
    _facts: dict[str, PythonFacts] = field(default_factory=dict)
    _outlines: dict[str, Outline] = field(default_factory=dict)

    def evaluate(self, probe: Probe) -> ProbeResult:
        """The result of one probe; behind a limit nothing is called missing."""
        result = self._rules[type(probe)](probe)
        if result.finding is Finding.NOT_MET and self._cut_short(probe):
            return ProbeResult(Finding.UNCLEAR, result.spans, "The tree is larger than what a review reads.")
        return result

    def _cut_short(self, probe: Probe) -> bool:
        if {"beyond_max_files", "beyond_max_total_bytes"} & self.files.skipped.keys():
            return True
        globs = () if isinstance(probe, AnyProbe | WorkflowProbe | DependencyProbe) else probe.paths
        return bool(globs) and len(self.files.matching(globs)) > self.files.limits.max_probe_files

    def _paths(self, globs: tuple[str, ...]) -> tuple[str, ...]:
        return self.files.matching(globs)[: self.files.limits.max_probe_files]

    def evaluate_all(self, probes: Iterable[Probe]) -> ProbeResult:
        """All probes must be met; the first that is not decides the note, not_met before unclear."""
        results = [self.evaluate(probe) for probe in probes]
        missing = [r for r in results if r.finding is Finding.NOT_MET]
        missing += [r for r in results if r.finding is Finding.UNCLEAR]
        if missing:
            return missing[0]
        return ProbeResult(
            Finding.MET, _some(chain.from_iterable(r.spans for r in results)), _joined(results)
        )

    @cached_property
    def _rules(self) -> dict[type, Callable[..., ProbeResult]]:
        return {
            FilesProbe: self._by_files,
            DocumentProbe: self._by_document,
            TextProbe: self._by_text,
            PythonProbe: self._by_python,
            ConfigProbe: self._by_config,
            WorkflowProbe: self._by_workflow,
            DependencyProbe: self._by_dependency,
            ContainerProbe: self._by_container,
            PinnedProbe: self._by_pins,
            AnyProbe: self._by_any,
        }

    def _by_any(self, probe: AnyProbe) -> ProbeResult:
        results = [self.evaluate(one) for one in probe.of]
        for finding in (Finding.MET, Finding.UNCLEAR):
            for result in results:
                if result.finding is finding:
                    return result
        spans = _some(chain.from_iterable(result.spans for result in results))
        return ProbeResult(Finding.NOT_MET, spans, _joined(results))

    def _by_files(self, probe: FilesProbe) -> ProbeResult:
        spans: list[Span] = []
        hollow = unseen = 0
        left_out = compiled(probe.without)
        for path in self._paths(probe.paths):
            if probe.without and left_out.fullmatch(path):
                continue
            span = self._solid(path, probe.min_lines)
            if span is not None and span.path:
                spans.append(span)
            hollow, unseen = hollow + (span is None), unseen + (span is not None and not span.path)
            if len(spans) >= probe.at_least:
                return ProbeResult(Finding.MET, _some(spans), f"Found in {_number(len(spans), 'file')}.")
        return _too_few(probe, spans, hollow, unseen)

    def _solid(self, path: str, min_lines: int) -> Span | None:
        """A span where the file holds enough, else None.

        A picture is cited by the line of a document that shows it; of an empty path where none does.
        """
        if self.files.is_binary(path) or path.endswith(".svg"):
            large = self.files.entries[path].size >= MIN_BINARY_BYTES or not self.files.is_binary(path)
            return (self._shown_in.get(path) or Span("", 1, 1)) if large else None
        lines = self.files.lines(path)
        if kind_of(path) is Kind.PYTHON:
            lines = neutral_lines(path, lines)  # a docstring is no code
        prose = is_prose(path) or kind_of(path) is Kind.OTHER
        solid = substantial_prose(lines) if prose else substantial_code(path, lines)
        if len(solid) < min_lines:
            return None
        return Span(path, solid[0], min(solid[-1], solid[0] + MAX_SPAN_LINES - 1))

    @cached_property
    def _shown_in(self) -> dict[str, Span]:
        """Lines of documents by the file that they name, the first of each."""
        found: dict[str, Span] = {}
        documents = sorted(
            (p for p in self.files.own if is_prose(p)), key=lambda path: (path.count("/"), path)
        )
        for path in documents[: self.files.limits.max_probe_files]:
            for number, line in enumerate(blank_html_comments(self.files.lines(path)), 1):
                for name in _PICTURE.findall(line[:MAX_LINE]):
                    target = self.files.unique_end(posixpath.normpath(name).lstrip("./"))
                    if target is not None:
                        found.setdefault(target, Span(path, number, number))
        return found

    def _by_document(self, probe: DocumentProbe) -> ProbeResult:
        best: DocumentResult | None = None
        count = 0
        for path in self._paths(probe.paths):
            if not is_prose(path):
                continue
            if path not in self._outlines:
                self._outlines[path] = outline(self.files, path)
            result = hold_against(self._outlines[path], probe, self.files)
            if not result.lacks:
                return ProbeResult(Finding.MET, _some(result.spans), f"Found in {path}.")
            if best is None or len(result.lacks) < len(best.lacks):
                best = result
            count += 1
        if best is None:
            return ProbeResult(Finding.NOT_MET, (), "No such document in the tree.")
        if count > 1 and best.lacks == (NO_SECTION,):
            return ProbeResult(Finding.NOT_MET, (), f"{_number(count, 'document')}: none has such a section.")
        return ProbeResult(Finding.NOT_MET, (), f"{best.path}: {'; '.join(best.lacks)}.")

    def _by_text(self, probe: TextProbe) -> ProbeResult:
        patterns = [re.compile(pattern) for pattern in probe.patterns]
        seen: dict[str, Span] = {}
        looked = [p for p in self._paths(probe.paths) if not (is_prose(p) or is_generated(p))]
        for path in looked:
            for number, line in code_lines(path, self.files.lines(path)).items():
                if any(pattern.search(line) for pattern in patterns):
                    seen.setdefault(_without_numbers(line), Span(path, number, number))
            if len(seen) >= probe.at_least:
                return ProbeResult(Finding.MET, _some(seen.values()), f"Found in {path}.")
        return ProbeResult(Finding.NOT_MET, _some(seen.values()), _not_in(looked, len(seen), probe.at_least))

    def _by_python(self, probe: PythonProbe) -> ProbeResult:
        looked = self._python_files(probe)
        seen: dict[str, Span] = {}
        unread: list[str] = []
        worth_reading = lexical(probe)
        for path in looked:
            if not worth_reading.search("\n".join(self.files.lines(path))):
                continue
            facts = self._facts_of(path)
            unread.extend([] if facts.parsed else [path])
            for fact in uses(facts, probe):
                seen.setdefault(fact.name, Span(path, fact.start, fact.end))
            if len(seen) >= probe.at_least:
                return ProbeResult(Finding.MET, _some(seen.values()), f"The code uses {_listed(seen)}.")
        if unread:
            return ProbeResult(Finding.UNCLEAR, (), f"{unread[0]} could not be parsed as Python.")
        if not looked and self._speaks_another_language():
            return ProbeResult(Finding.UNCLEAR, (), "The code is not Python; this rule reads Python only.")
        return ProbeResult(Finding.NOT_MET, _some(seen.values()), "The Python code shows no such use.")

    def _python_files(self, probe: PythonProbe) -> tuple[str, ...]:
        paths = self._paths(probe.paths)
        return tuple(p for p in paths if is_service(p)) if probe.paths == EVERY_PYTHON_FILE else paths

    def _facts_of(self, path: str) -> PythonFacts:
        if path not in self._facts:
            self._facts[path] = python_facts(self.files.lines(path))
        return self._facts[path]

    def _speaks_another_language(self) -> bool:
        if any(path.endswith(".py") for path in self.files.own):
            return False
        endings = (".ts", ".tsx", ".js", ".go", ".rs", ".java", ".kt", ".rb", ".cs", ".ex", ".scala", ".php")
        return any(path.endswith(endings) for path in self.files.own)

    def _by_config(self, probe: ConfigProbe) -> ProbeResult:
        for path in self._paths(probe.paths):
            root = parse_structure(path, self.files.lines(path))
            for where, node in root.walk() if root else ():
                if where and not node.empty and any(_key_fits(where, key) for key in probe.keys):
                    return ProbeResult(Finding.MET, (_cut(path, node.start, node.end),), f"Set in {path}.")
        return ProbeResult(Finding.NOT_MET, (), "No such setting in the configuration files.")

    @cached_property
    def _commands(self) -> tuple[Command, ...]:
        return tuple(commands_of(self.files))

    def _by_workflow(self, probe: WorkflowProbe) -> ProbeResult:
        if not self._commands:
            return ProbeResult(Finding.NOT_MET, (), "No CI that starts by itself on a push or pull request.")
        for command in self._commands:
            if any(re.search(pattern, command.text[:MAX_LINE]) for pattern in probe.commands):
                span = Span(command.path, command.line, command.line)
                return ProbeResult(Finding.MET, (span,), f"CI runs it: {command.path}.")
        return ProbeResult(Finding.NOT_MET, (), f"CI has {len(self._commands)} commands; none does this.")

    def _by_dependency(self, probe: DependencyProbe) -> ProbeResult:
        wanted = {normalised(name) for name in probe.names}
        for name, path, line in dependencies_of(self.files):
            if name in wanted:
                return ProbeResult(Finding.MET, (Span(path, line, line),), f"{name} is declared in {path}.")
        return ProbeResult(Finding.NOT_MET, (), "No manifest declares it.")

    def _by_container(self, probe: ContainerProbe) -> ProbeResult:
        seen: list[Span] = []
        for path in self._paths(probe.paths):
            found = last_instruction(self.files.lines(path), probe.instruction)
            if found is None:
                continue
            line, value = found
            seen.append(Span(path, line, line))
            if re.search(probe.pattern, value):
                return ProbeResult(Finding.MET, (seen[-1],), f"Set in the last stage of {path}.")
        why = "says otherwise" if seen else "does not say so"
        return ProbeResult(Finding.NOT_MET, _some(seen), f"The last stage of the container {why}.")

    def _by_pins(self, probe: PinnedProbe) -> ProbeResult:
        """The manifest nearest to the root decides: a pinned list of tools says nothing of the service."""
        service = [path for path in self._paths(probe.paths) if is_service(path)]
        paths = sorted(service, key=lambda path: (path.count("/"), len(path), path))
        for path in paths:
            loose, pinned = unpinned(self.files.lines(path))
            if pinned and not loose:
                return ProbeResult(
                    Finding.MET, (_cut(path, pinned[0], pinned[-1]),), f"All pinned in {path}."
                )
            if loose:
                note = (
                    f"{path}: {len(loose)} of {_number(len(loose) + len(pinned), 'requirement')} not pinned."
                )
                return ProbeResult(Finding.NOT_MET, tuple(Span(path, n, n) for n in loose[:MAX_SPANS]), note)
        return ProbeResult(Finding.NOT_MET, (), "No list of requirements that could be pinned.")


def _too_few(probe: FilesProbe, spans: list[Span], hollow: int, unseen: int) -> ProbeResult:
    if unseen and len(spans) + unseen >= probe.at_least:
        note = f"{_number(unseen, 'file')} found, but no document shows one of them."
        return ProbeResult(Finding.NOT_MET, _some(spans), note)
    unread = f" {_number(hollow, 'file')} matched but held too little." if hollow else ""
    found = f"{len(spans)} of {_number(probe.at_least, 'file')} found.{unread}"
    return ProbeResult(Finding.NOT_MET, (), found)


def _key_fits(where: tuple[str, ...], dotted: str) -> bool:
    wanted = dotted.split(".")
    return len(wanted) == len(where) and all(w in ("*", part) for w, part in zip(wanted, where, strict=True))


def _not_in(looked: list[str], found: int, wanted: int) -> str:
    if not looked:
        return "No file that could hold it."
    seen = f"{_number(len(looked), 'file')}, {looked[0]} among them"
    return f"{found} of {_number(wanted, 'line')} found in {seen}."


def _without_numbers(line: str) -> str:
    """A line as it is compared with others: the same case under another number is the same case."""
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _cut(path: str, start: int, end: int) -> Span:
    return Span(path, start, max(start, min(end, start + MAX_SPAN_LINES - 1)))


def _some(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(spans))[:MAX_SPANS]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(name.strip(".") for name in names)[:3])


def _joined(results: Iterable[ProbeResult]) -> str:
    return " ".join(dict.fromkeys(result.note for result in results if result.note))
