"""YAML, TOML, JSON and INI as plain nodes with line numbers: no tags, no aliases followed, no recursion.

Aliases stand as empty text, so that nothing in a file can grow beyond what is written there.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

MAX_BYTES = 512 * 1024
MAX_NODES = 50_000
MAX_DEPTH = 60

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Node:
    """A value on lines `start..end` (from 1): text, a list or a mapping."""

    start: int
    end: int
    text: str | None = None
    items: list["Node"] = field(default_factory=list)
    keys: dict[str, "Node"] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True where nothing is said: no text, no item, no key."""
        return not self.items and not self.keys and (self.text is None or self.text in _EMPTY)

    def walk(self) -> Iterator[tuple[tuple[str, ...], "Node"]]:
        """Every node with its path of keys, this one first; list items share the path of their list."""
        todo: list[tuple[tuple[str, ...], Node]] = [((), self)]
        while todo:
            path, node = todo.pop()
            yield path, node
            todo.extend((path, item) for item in reversed(node.items))
            todo.extend(((*path, key), child) for key, child in reversed(node.keys.items()))


def parse_structure(path: str, lines: list[str]) -> Node | None:
    """The root node of a configuration file, or None where it cannot be read as one."""
    text = "\n".join(lines)
    if len(text) > MAX_BYTES:
        return None
    ending = path.rpartition(".")[2].lower()
    if ending in {"yaml", "yml"}:
        return _from_yaml(text)
    if ending == "toml" or path.endswith("Pipfile"):
        return _from_data(_load_toml(text), lines)
    if ending in {"json", "json5", "jsonc"} or path.endswith(".renovaterc"):
        return _from_data(_load_json(text), lines)
    return _from_data(_load_ini(text), lines) if ending in {"ini", "cfg"} else None


def _from_yaml(text: str) -> Node | None:
    root = Node(1, 1)
    stack: list[tuple[Node, str | None]] = [(root, None)]
    try:
        for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            if count > MAX_NODES or len(stack) > MAX_DEPTH:
                return None
            if isinstance(event, yaml.DocumentEndEvent) and not root.empty:
                break
            _feed(event, stack)
    except (yaml.YAMLError, ValueError):
        return None
    return root.items[0] if root.items else None


def _feed(event: yaml.Event, stack: list[tuple[Node, str | None]]) -> None:
    """One event into the tree; a stack entry is `(node, key that waits for its value)`."""
    if event.start_mark is None or event.end_mark is None:
        return
    line = event.start_mark.line + 1
    if isinstance(event, yaml.CollectionEndEvent):
        node, _ = stack.pop()
        node.end = max(node.end, line - (event.start_mark.column == 0))
        return
    if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
        text = event.value if isinstance(event, yaml.ScalarEvent) else ""
        last = event.end_mark.line + (event.end_mark.column > 0)
        _attach(Node(line, max(line, last), text), stack)
    elif isinstance(event, yaml.CollectionStartEvent):
        node = Node(line, line)
        _attach(node, stack, key_allowed=False)
        stack.append((node, None if isinstance(event, yaml.SequenceStartEvent) else ""))


def _attach(node: Node, stack: list[tuple[Node, str | None]], *, key_allowed: bool = True) -> None:
    parent, key = stack[-1]
    if key is None:
        parent.items.append(node)
    elif key == "":
        stack[-1] = (parent, (node.text or " ") if key_allowed else " ")
        parent.end = max(parent.end, node.start)
        parent.keys.setdefault(stack[-1][1] or " ", Node(node.start, node.end))
    else:
        node.start = min(node.start, parent.keys[key].start) if key in parent.keys else node.start
        parent.keys[key] = node
        stack[-1] = (parent, "")


def _load_toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _load_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _load_ini(text: str) -> object:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, AttributeError, TypeError):
        return None
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _from_data(data: object, lines: list[str]) -> Node | None:
    """Nodes for data that was parsed without marks; lines are where the key stands first."""
    if data is None:
        return None
    where = _key_lines(lines)
    root = Node(1, 1)
    todo: list[tuple[object, Node, int]] = [(data, root, 0)]
    count = 0
    while todo:
        value, node, depth = todo.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            return None
        if isinstance(value, dict):
            for key, child in value.items():
                line = where.get(str(key), node.start)
                node.keys[str(key)] = Node(line, line)
                todo.append((child, node.keys[str(key)], depth + 1))
        elif isinstance(value, list):
            node.items = [Node(node.start, node.end) for _ in value]
            todo.extend((child, item, depth + 1) for child, item in zip(value, node.items, strict=True))
        else:
            node.text = "" if value is None else str(value)
    return root


def _key_lines(lines: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        head = re.match(r"\s*\[+\s*([^\]\n]{1,200})\]", line)
        names = (
            re.split(r"[.\s\"']+", head.group(1))
            if head
            else re.findall(r"[\"']?([\w.@/-]{1,80})[\"']?\s{0,8}[=:]", line[:2000])
        )
        for name in names:
            found.setdefault(name, number)
    return found
