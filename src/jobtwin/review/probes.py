"""Probes: declarative rules of a brief, held against the files of a tree, with the lines that show it.

Comments, docstrings and prose never satisfy a rule about code, configuration or CI. A probe that could
not look (no Python in the tree, a file that this grammar does not read, a limit) is unclear, never not met.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from jobtwin.core.criterion import (
    AnyProbe,
    ConfigProbe,
    ContainerProbe,
    DependencyProbe,
    DocumentProbe,
    DrawnProbe,
    FilesProbe,
    LockedProbe,
    PinnedProbe,
    Probe,
    PythonProbe,
    RecordsProbe,
    TextProbe,
    WorkflowProbe,
)
from jobtwin.core.draft_review import Finding
from jobtwin.core.evidence import MAX_SPAN_LINES, Span
from jobtwin.review.compose import said_in_compose
from jobtwin.review.containers import acts_on_itself, last_instruction
from jobtwin.review.documents import NO_SECTION, DocumentResult, Outline, hold_against, outline
from jobtwin.review.files import Files
from jobtwin.review.globs import compiled, first_match, matches
from jobtwin.review.imported import is_loaded, names_what_is_imported
from jobtwin.review.kinds import Kind, is_document, is_generated, is_prose, is_service, kind_of
from jobtwin.review.locks import locks_of
from jobtwin.review.manifests import dependencies_of, normalised
from jobtwin.review.neutral import neutral_lines
from jobtwin.review.pictures import drawn, looks_like_a_picture, shown_in
from jobtwin.review.pins import deciding, unpinned
from jobtwin.review.pysearch import PythonSearch
from jobtwin.review.records import records_of
from jobtwin.review.results import MAX_SPANS, ProbeResult, cut, joined, number, some
from jobtwin.review.structure import parse_structure
from jobtwin.review.substance import MAX_LINE, code_lines, substantial_code, substantial_prose
from jobtwin.review.updates import switched_off, watches_something
from jobtwin.review.workflows import Command, commands_of

__all__ = ["ProbeResult", "Prober"]

MIN_BINARY_BYTES = 512
MIN_LOCK_LINES = 5


@dataclass
class Prober:
    """Evaluates probes over one tree; what was read once is kept."""

    files: Files
    _outlines: dict[str, Outline] = field(default_factory=dict)
    _python: PythonSearch = field(init=False)

    def __post_init__(self) -> None:
        self._python = PythonSearch(self.files)

    def evaluate(self, probe: Probe) -> ProbeResult:
        """The result of one probe; behind a limit nothing is called missing."""
        result = self._rules[type(probe)](probe)
        if result.finding is Finding.NOT_MET and self._cut_short(probe):
            return ProbeResult(Finding.UNCLEAR, result.spans, "The tree is larger than what a review reads.")
        return result

    def _cut_short(self, probe: Probe) -> bool:
        if {"beyond_max_files", "beyond_max_total_bytes"} & self.files.skipped.keys():
            return True
        globs = () if isinstance(probe, _WITHOUT_PATHS) else probe.paths
        return bool(globs) and len(self.files.matching(globs)) > self.files.limits.max_probe_files

    def _paths(self, globs: tuple[str, ...]) -> tuple[str, ...]:
        return self.files.matching(globs)[: self.files.limits.max_probe_files]

    def _in_order(self, globs: tuple[str, ...]) -> list[str]:
        """Paths in the order of the globs that name them, those nearest to the root first."""
        return sorted(self._paths(globs), key=lambda path: (first_match(globs, path), path.count("/"), path))

    def evaluate_all(self, probes: Iterable[Probe]) -> ProbeResult:
        """All probes must be met; the first that is not decides the note, not_met before unclear."""
        results = [self.evaluate(probe) for probe in probes]
        missing = [r for r in results if r.finding is Finding.NOT_MET]
        missing += [r for r in results if r.finding is Finding.UNCLEAR]
        if missing:
            return missing[0]
        return ProbeResult(Finding.MET, some(chain.from_iterable(r.spans for r in results)), _joined(results))

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
            LockedProbe: self._by_locks,
            RecordsProbe: self._by_records,
            DrawnProbe: lambda probe: drawn(self.files),  # noqa: ARG005  it asks nothing more
            AnyProbe: self._by_any,
        }

    def _by_any(self, probe: AnyProbe) -> ProbeResult:
        results = [self.evaluate(one) for one in probe.of]
        for finding in (Finding.MET, Finding.UNCLEAR):
            for result in results:
                if result.finding is finding:
                    return result
        spans = some(chain.from_iterable(result.spans for result in results))
        return ProbeResult(Finding.NOT_MET, spans, _joined(results))

    def _by_files(self, probe: FilesProbe) -> ProbeResult:
        spans: list[Span] = []
        hollow = unseen = 0
        left_out = compiled(probe.without)
        for path in self._front_page_first(probe.paths):
            if probe.without and left_out.fullmatch(path):
                continue
            if not self._python.is_imported(path):
                continue
            span = self._solid(path, probe.min_lines) if self._says(path, probe.says) else None
            if span is not None and span.path:
                spans.append(span)
            hollow, unseen = hollow + (span is None), unseen + (span is not None and not span.path)
            if len(spans) >= probe.at_least:
                return ProbeResult(Finding.MET, some(spans), f"Found in {number(len(spans), 'file')}.")
        return _too_few(probe, spans, hollow, unseen)

    def _front_page_first(self, globs: tuple[str, ...]) -> list[str]:
        """Paths in their order, pictures by the document that shows them."""
        paths = self._paths(globs)
        if not any(kind_of(path) is Kind.BINARY for path in paths):
            return list(paths)
        ranks = {path: rank for rank, path in enumerate(self._shown_in)}
        return sorted(paths, key=lambda path: (ranks.get(path, len(ranks)), path))

    def _says(self, path: str, patterns: tuple[str, ...]) -> bool:
        text = " ".join(" ".join(self.files.lines(path)).split()) if patterns else ""
        return not patterns or any(re.search(pattern, text) for pattern in patterns)

    def _solid(self, path: str, min_lines: int) -> Span | None:
        """A span where the file holds enough, else None.

        A picture is cited by the line of a document that shows it; of an empty path where none does.
        """
        if self.files.is_binary(path) or path.endswith(".svg"):
            large = self.files.entries[path].size >= MIN_BINARY_BYTES or not self.files.is_binary(path)
            content = self.files.content(path)
            large = large and (content is None or looks_like_a_picture(path, content))
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
        return shown_in(self.files)

    def _by_document(self, probe: DocumentProbe) -> ProbeResult:
        best: DocumentResult | None = None
        count = 0
        for path in self._in_order(probe.paths):
            if not is_document(path):
                continue
            if path not in self._outlines:
                self._outlines[path] = outline(self.files, path)
            result = hold_against(self._outlines[path], probe, self.files)
            if not result.lacks:
                return ProbeResult(Finding.MET, some(result.spans), f"Found in {path}.")
            if best is None or len(result.lacks) < len(best.lacks):
                best = result
            count += 1
        if best is None:
            return ProbeResult(Finding.NOT_MET, (), "No such document in the tree.")
        if count > 1 and best.lacks == (NO_SECTION,):
            return ProbeResult(Finding.NOT_MET, (), f"{number(count, 'document')}: none has such a section.")
        return ProbeResult(Finding.NOT_MET, (), f"{best.path}: {'; '.join(best.lacks)}.")

    def _by_text(self, probe: TextProbe) -> ProbeResult:
        patterns = [re.compile(pattern) for pattern in probe.patterns]
        seen: dict[str, Span] = {}
        looked = [path for path in self._paths(probe.paths) if _is_text_of_the_service(path)]
        for path in looked:
            for at, line in code_lines(path, self.files.lines(path)).items():
                if any(pattern.search(line) for pattern in patterns):
                    seen.setdefault(_without_numbers(line), Span(path, at, at))
            if len(seen) >= probe.at_least:
                return ProbeResult(Finding.MET, some(seen.values()), f"Found in {path}.")
        return ProbeResult(Finding.NOT_MET, some(seen.values()), _not_in(looked, len(seen), probe.at_least))

    def _by_python(self, probe: PythonProbe) -> ProbeResult:
        return self._python.evaluate(probe)

    def _by_config(self, probe: ConfigProbe) -> ProbeResult:
        for path in self._paths(probe.paths):
            root = parse_structure(path, self.files.lines(path))
            for where, node in root.walk() if root and not switched_off(root) else ():
                if where and not node.empty and any(_key_fits(where, key) for key in probe.keys):
                    if not watches_something(path, node, self.files):
                        continue
                    return ProbeResult(Finding.MET, (cut(path, node.start, node.end),), f"Set in {path}.")
        return ProbeResult(Finding.NOT_MET, (), "No such setting in the configuration files.")

    @cached_property
    def _commands(self) -> tuple[Command, ...]:
        return tuple(commands_of(self.files))

    def _by_workflow(self, probe: WorkflowProbe) -> ProbeResult:
        commands = [one for one in self._commands if one.on_change or not probe.on_change]
        if not commands:
            return ProbeResult(Finding.NOT_MET, (), "No CI that starts by itself on a push or pull request.")
        for command in commands:
            if any(re.search(pattern, command.text[:MAX_LINE]) for pattern in probe.commands):
                span = Span(command.path, command.line, command.line)
                return ProbeResult(Finding.MET, (span,), f"CI runs it: {command.path}.")
        return ProbeResult(Finding.NOT_MET, (), f"CI has {len(commands)} commands; none does this.")

    def _by_dependency(self, probe: DependencyProbe) -> ProbeResult:
        wanted = {normalised(name) for name in probe.names}
        for name, path, line in dependencies_of(self.files):
            if name in wanted:
                return ProbeResult(Finding.MET, (Span(path, line, line),), f"{name} is declared in {path}.")
        return ProbeResult(Finding.NOT_MET, (), "No manifest declares it.")

    def _by_container(self, probe: ContainerProbe) -> ProbeResult:
        seen: list[Span] = []
        fitting: list[Span] = []
        composed = list(said_in_compose(self.files, probe.instruction))
        for value, span in chain(self._of_last_stages(probe), composed):
            seen.append(span)
            if re.search(probe.pattern, value) and acts_on_itself(value):
                fitting.append(span)
        overruled = probe.instruction == "USER" and any(not re.search(probe.pattern, v) for v, _ in composed)
        if fitting and not overruled:
            return ProbeResult(Finding.MET, (fitting[0],), f"Set in {fitting[0].path}.")
        why = "says otherwise" if seen else "does not say so"
        return ProbeResult(Finding.NOT_MET, some(seen), f"The last stage of the container {why}.")

    def _of_last_stages(self, probe: ContainerProbe) -> Iterator[tuple[str, Span]]:
        """What container files of the service say; those of a development container are none."""
        paths = [path for path in self._in_order(probe.paths) if is_service(path)]
        for path in [path for path in paths if "/" not in path] or paths:
            found = last_instruction(self.files.lines(path), probe.instruction)
            if found is not None:
                yield found[1], Span(path, found[0], found[0])

    def _by_locks(self, probe: LockedProbe) -> ProbeResult:  # noqa: ARG002  it asks nothing more
        for path in locks_of(self.files):
            solid = substantial_code(path, self.files.lines(path))
            if len(solid) >= MIN_LOCK_LINES and names_what_is_imported(self.files, path):
                return ProbeResult(Finding.MET, (cut(path, solid[0], solid[-1]),), f"Locked in {path}.")
        return ProbeResult(Finding.NOT_MET, (), "No lock file beside a manifest of the service's language.")

    def _by_records(self, probe: RecordsProbe) -> ProbeResult:
        tags = [re.compile(tag) for tag in probe.tags]
        found: dict[str, dict[str, Span]] = {}
        known: set[str] = set()
        for path in self._paths(probe.paths):
            if (probe.without and matches(probe.without, path)) or not is_loaded(self.files, path):
                continue
            marked = not tags or any(tag.search(path) for tag in tags)
            for one in records_of(path, self.files.lines(path)):
                if one.has_content and one.says not in known and (marked or one.is_tagged(tags)):
                    known.add(one.says)
                    found.setdefault(path, {})[one.says] = cut(path, one.start, one.end)
        note = f"{number(len(known), 'different record')} in {number(len(found), 'file')}."
        fullest = sorted(found, key=lambda path: (-len(found[path]), path))
        spans = some(joined(span for path in fullest for span in found[path].values()))
        return ProbeResult(Finding.MET if len(known) >= probe.at_least else Finding.NOT_MET, spans, note)

    def _by_pins(self, probe: PinnedProbe) -> ProbeResult:
        """The manifest nearest to the root decides: a pinned list of tools says nothing of the service."""
        for path in deciding(path for path in self._paths(probe.paths) if is_service(path)):
            loose, pinned = unpinned(self.files.lines(path))
            if pinned and not loose and not names_what_is_imported(self.files, path):
                note = f"{path} names none of the packages that the service imports."
                return ProbeResult(Finding.NOT_MET, (cut(path, pinned[0], pinned[-1]),), note)
            if pinned and not loose:
                return ProbeResult(Finding.MET, (cut(path, pinned[0], pinned[-1]),), f"All pinned in {path}.")
            if loose:
                note = (
                    f"{path}: {len(loose)} of {number(len(loose) + len(pinned), 'requirement')} not pinned."
                )
                return ProbeResult(Finding.NOT_MET, tuple(Span(path, n, n) for n in loose[:MAX_SPANS]), note)
        return ProbeResult(Finding.NOT_MET, (), "No list of requirements that could be pinned.")


_WITHOUT_PATHS = (AnyProbe, WorkflowProbe, DependencyProbe, LockedProbe, DrawnProbe)


def _is_text_of_the_service(path: str) -> bool:
    """False for prose, for what tools write, and for code beside the service."""
    beside = kind_of(path) in {Kind.PYTHON, Kind.CODE} and not is_service(path)
    return not (is_prose(path) or is_generated(path) or beside)


def _too_few(probe: FilesProbe, spans: list[Span], hollow: int, unseen: int) -> ProbeResult:
    if unseen and len(spans) + unseen >= probe.at_least:
        note = f"{number(unseen, 'file')} found, but no document shows one of them."
        return ProbeResult(Finding.NOT_MET, some(spans), note)
    unread = f" {number(hollow, 'file')} matched but held too little." if hollow else ""
    found = f"{len(spans)} of {number(probe.at_least, 'file')} found.{unread}"
    return ProbeResult(Finding.NOT_MET, (), found)


def _key_fits(where: tuple[str, ...], dotted: str) -> bool:
    wanted = dotted.split(".")
    return len(wanted) == len(where) and all(w in ("*", part) for w, part in zip(wanted, where, strict=True))


def _not_in(looked: list[str], found: int, wanted: int) -> str:
    if not looked:
        return "No file that could hold it."
    seen = f"{number(len(looked), 'file')}, {looked[0]} among them"
    return f"{found} of {number(wanted, 'line')} found in {seen}."


def _without_numbers(line: str) -> str:
    """A line as it is compared with others: the same case under another number is the same case."""
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _joined(results: Iterable[ProbeResult]) -> str:
    return " ".join(dict.fromkeys(result.note for result in results if result.note))
