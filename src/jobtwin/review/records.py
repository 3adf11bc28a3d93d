"""Records of data files: what stands in JSON Lines, tables, and the lists of JSON and YAML, with their lines.

Numbers and the order of keys tell no record from another: the same case under another number is the same.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.review.structure import Node, parse_structure

MAX_RECORDS = 5000
MAX_RECORD_CHARACTERS = 20_000
CONTENT_WORDS = 3
ALL_WORDS = 6
TAG_WORDS = 4
MIN_NAMED = 3
_WORD = re.compile(r"[^\W\d_]{2,}|[^\x00-\x7f]{4}")
_NOTHING = frozenset({"", "~", "null", "none", "false", "0", "no"})
Leaf = tuple[str, str]
"""A key and its value as text."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record on lines `start..end` (from 1) with its values by key, in order."""

    start: int
    end: int
    leaves: tuple[Leaf, ...]

    @property
    def says(self) -> str:
        """What tells this record from others: its words, without numbers."""
        return " ".join(word.lower() for _, value in self.leaves for word in _WORD.findall(value))

    @property
    def has_content(self) -> bool:
        counts = [len(_WORD.findall(value)) for _, value in self.leaves]
        return max(counts, default=0) >= CONTENT_WORDS or sum(counts) >= ALL_WORDS

    def is_tagged(self, patterns: list[re.Pattern[str]]) -> bool:
        """True where a short value beside the longest one, or a key that has a value, is such a mark."""
        longest = max((value for _, value in self.leaves), key=len, default="")
        marks = [value for _, value in self.leaves if value != longest and _is_short(value)]
        marks += [key for key, value in self.leaves if value.strip().lower() not in _NOTHING]
        return any(pattern.search(mark) for pattern in patterns for mark in marks)


def records_of(path: str, lines: list[str]) -> Iterator[Record]:
    """The records of one data file, at most `MAX_RECORDS`; none where it cannot be read as data."""
    ending = path.rpartition(".")[2].lower()
    if ending in {"jsonl", "ndjson"}:
        return _of_json_lines(lines)
    if ending in {"csv", "tsv"}:
        return _of_table(lines, "\t" if ending == "tsv" else ",")
    root = parse_structure(path, lines)
    listed = _longest_list(root) if root else []
    return _placed(listed, lines) if ending == "json" else _of_nodes(listed)


def _of_json_lines(lines: list[str]) -> Iterator[Record]:
    for number, line in enumerate(lines[:MAX_RECORDS], 1):
        try:
            value = json.loads(line[:MAX_RECORD_CHARACTERS])
        except (ValueError, RecursionError):
            continue
        yield Record(number, number, tuple(_leaves(value)))


def _of_table(lines: list[str], delimiter: str) -> Iterator[Record]:
    reader = csv.reader((line[:MAX_RECORD_CHARACTERS] for line in lines), delimiter=delimiter)
    try:
        header = next(reader, [])
        before = reader.line_num
        for row in reader:
            start, before = before + 1, reader.line_num
            yield Record(start, before, tuple(zip(header, row, strict=False)))
            if before > MAX_RECORDS:
                return
    except csv.Error:
        return


def _longest_list(root: Node) -> list[Node]:
    """The longest list, or table of named cases, of which each has content."""
    lists = [node.items for _, node in root.walk()]
    tables = [list(node.keys.values()) for _, node in root.walk() if len(node.keys) >= MIN_NAMED]
    named = [table for table in tables if all(_is_case(one) for one in table)]
    return max([*lists, *named], key=len, default=[])[:MAX_RECORDS]


def _is_case(node: Node) -> bool:
    return Record(1, 1, tuple(_leaves_of_node(node))).has_content


def _of_nodes(listed: list[Node]) -> Iterator[Record]:
    for node in listed:
        yield Record(node.start, max(node.start, node.end), tuple(_leaves_of_node(node)))


def _placed(listed: list[Node], lines: list[str]) -> Iterator[Record]:
    """Records of JSON, whose nodes know no lines of their own: where their longest values stand, in order."""
    at = 0
    for record in _of_nodes(listed):
        longest = max((value for _, value in record.leaves), key=len, default="")
        shown = json.dumps(longest)[1:-1][:60], json.dumps(longest, ensure_ascii=False)[1:-1][:60]
        at = next((n for n in range(at, len(lines)) if any(one in lines[n] for one in shown)), at)
        yield Record(at + 1, at + 1, record.leaves)


def _leaves_of_node(root: Node) -> Iterator[Leaf]:
    for path, node in root.walk():
        if node.text is not None:
            yield (path[-1] if path else ""), node.text[:MAX_RECORD_CHARACTERS]


def _leaves(value: object) -> Iterator[Leaf]:
    """Every value of a JSON document with the key it stands under."""
    todo: list[tuple[str, object]] = [("", value)]
    while todo:
        key, one = todo.pop()
        if isinstance(one, dict):
            todo.extend((str(name), child) for name, child in reversed(one.items()))
        elif isinstance(one, list):
            todo.extend((key, child) for child in reversed(one))
        else:
            yield key, "" if one is None else str(one)


def _is_short(value: str) -> bool:
    return 0 < len(value.split()) <= TAG_WORDS
