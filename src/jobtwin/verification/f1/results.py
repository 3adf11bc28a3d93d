"""What came through the result channel, checked line by line: the run as our reporter told it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TestReport:
    """One phase of one test. `seen` is what the probe noted: `raised` None where the function ended
    well or was not watched; `ran` None where it was not watched."""

    __test__ = False

    nodeid: str
    phase: str
    outcome: str
    expected: bool = False
    message: str = ""
    seconds: float = 0.0
    raw: str | None = None
    ran: int | None = None
    raised: str | None = None
    causes: tuple[str, ...] = ()
    errnos: tuple[int, ...] = ()

    @property
    def passed(self) -> bool:
        """Really passed: no expected failure, no skip."""
        return self.phase == "call" and self.outcome == "passed" and not self.expected


@dataclass(frozen=True, slots=True)
class CollectReport:
    """A module or class that could not be collected (`failed`) or was skipped as a whole."""

    nodeid: str
    outcome: str
    message: str


@dataclass
class Results:
    """Everything a run told. `exit_code` is pytest's own; None where the run ended before it was told."""

    started: bool = False
    pytest: str = ""
    python: str = ""
    plugins: tuple[str, ...] = ()
    reports: list[TestReport] = field(default_factory=list)
    collects: list[CollectReport] = field(default_factory=list)
    collected: tuple[str, ...] = ()
    deselected: dict[str, frozenset[str]] = field(default_factory=dict)
    failed_count: int | None = None
    exit_code: int | None = None
    boom: Mapping[str, Any] | None = None
    rewritten: dict[str, str] = field(default_factory=dict)
    forged_lines: int = 0


def read_results(raw: bytes, key: bytes) -> Results:
    """Check and read the lines of one run. Lines without a right hash or out of order are counted as
    forged and not used. Never raises for what the bytes hold."""
    results = Results()
    expected = 0
    *lines, rest = raw.split(b"\n")
    for line in lines:
        digest, _, body = line.partition(b" ")
        if not hmac.compare_digest(digest, hmac.new(key, body, hashlib.sha256).hexdigest().encode()):
            results.forged_lines += 1
            continue
        number, document = json.loads(body)
        if number != expected:
            results.forged_lines += 1
            continue
        expected += 1
        _take(results, document)
    if rest and results.exit_code is not None:
        results.forged_lines += 1
    return results


def _take(results: Results, line: dict[str, Any]) -> None:
    match line["t"]:
        case "start":
            results.started, results.pytest, results.python = True, line["pytest"], line["python"]
        case "plugins":
            results.plugins = tuple(line["names"])
        case "collect":
            results.collects.append(CollectReport(line["id"], line["o"], line["m"]))
        case "collected":
            results.collected = tuple(line["ids"])
        case "deselected":
            results.deselected[line["id"]] = frozenset(line["marks"])
        case "report":
            results.reports.append(_report(line))
        case "rewritten":
            results.rewritten[line["id"]] = f"{line['from']} to {line['to']}"
        case _:
            _take_end(results, line)


def _take_end(results: Results, line: dict[str, Any]) -> None:
    match line["t"]:
        case "session":
            results.failed_count = line["failed"]
        case "end":
            results.exit_code = line["exit"]
        case "boom":
            results.boom = line


def _report(line: dict[str, Any]) -> TestReport:
    seen = line["s"] or {}
    return TestReport(
        nodeid=line["id"],
        phase=line["w"],
        outcome=line["o"],
        expected=line["x"],
        message=line.get("m", ""),
        seconds=line["d"],
        raw=seen.get("raw"),
        ran=seen.get("ran"),
        raised=seen.get("raised"),
        causes=tuple(seen.get("causes", ())),
        errnos=tuple(seen.get("errnos", ())),
    )
