"""What came through the result channel, checked line by line: the run as our reporter told it."""

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ID_CHARACTERS, TEXT_CHARACTERS = 2000, 1000
"""What is kept of a test's name and of any other text: the suite chooses both."""


@dataclass(frozen=True, slots=True)
class TestReport:
    """One phase of one test. `seen` is what the probe noted: `raised` None where the function ended
    well or was not watched; `ran` None where it was not watched; `place` the file and the first line of the
    function that ran, `source` the digest of the module's file or who loaded it, None where not known."""

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
    place: tuple[str, int] | None = None
    source: str | None = None

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
    """Check and read the lines of one run. Lines without a right hash, out of order, or of a shape that our
    reporter never writes are counted as forged and not used. Never raises for what the bytes hold."""
    results = Results()
    expected = 0
    *lines, rest = raw.split(b"\n")
    for line in lines:
        digest, _, body = line.partition(b" ")
        if not hmac.compare_digest(digest, hmac.new(key, body, hashlib.sha256).hexdigest().encode()):
            results.forged_lines += 1
            continue
        try:
            expected = _read(results, body, expected)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            results.forged_lines += 1
    if rest and results.exit_code is not None:
        results.forged_lines += 1
    return results


def _read(results: Results, body: bytes, expected: int) -> int:
    """Take one line; the number that the next one must have. Raises for what our reporter never writes,
    because the suite can put anything into pytest's objects, which it reads."""
    number, document = json.loads(body)
    if number != expected:
        raise ValueError("out of order")
    _take(results, document)
    return expected + 1


def _take(results: Results, line: dict[str, Any]) -> None:
    match line["t"]:
        case "start":
            results.started, results.pytest, results.python = (
                True,
                _text(line["pytest"]),
                _text(line["python"]),
            )
        case "plugins":
            results.plugins = _texts(line["names"])
        case "collect":
            results.collects.append(CollectReport(_id(line["id"]), _text(line["o"]), _text(line["m"])))
        case "collected":
            results.collected = tuple(_id(one) for one in line["ids"])
        case "deselected":
            results.deselected[_id(line["id"])] = frozenset(_texts(line["marks"]))
        case "report":
            results.reports.append(_report(line))
        case "rewritten":
            results.rewritten[_id(line["id"])] = f"{_text(line['from'])} to {_text(line['to'])}"
        case _:
            _take_end(results, line)


def _take_end(results: Results, line: dict[str, Any]) -> None:
    match line["t"]:
        case "session":
            results.failed_count = _number(line["failed"])
        case "end":
            results.exit_code = _number(line["exit"])
        case "boom":
            files = _texts(line["files"])
            results.boom = {"kind": _text(line["kind"]), "m": _text(line["m"]), "files": files}


def _report(line: dict[str, Any]) -> TestReport:
    seen = line["s"] or {}
    ran = seen.get("ran")
    return TestReport(
        nodeid=_id(line["id"]),
        phase=_text(line["w"]),
        outcome=_text(line["o"]),
        expected=bool(line["x"]),
        message=_text(line.get("m", "")),
        seconds=_seconds(line["d"]),
        raw=_or_none(seen.get("raw")),
        ran=None if ran is None else _number(ran),
        raised=_or_none(seen.get("raised")),
        causes=_texts(seen.get("causes", [])),
        errnos=tuple(_number(one) for one in seen.get("errnos", [])),
        place=_place(seen.get("place")),
        source=_or_none(seen.get("source")),
    )


def _text(value: object, most: int = TEXT_CHARACTERS) -> str:
    """Text that can be stored and shown anywhere: no half characters, no null characters, not endless."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value[:most].encode("utf-8", "replace").decode().replace("\0", "?")


def _id(value: object) -> str:
    return _text(value, ID_CHARACTERS)


def _or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _place(value: object) -> tuple[str, int] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise TypeError("not a place")
    file, line = value
    return _text(file), _number(line)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(_text(one) for one in value)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("not a time")
    return float(value)
