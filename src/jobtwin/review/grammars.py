"""Units of JavaScript, TypeScript, Go, Rust and Java by their tree-sitter grammars.

A bound is a number of parser steps or of visited nodes, never a time, so that the same file always gives the
same units. Beyond a bound, and where a grammar reads nothing, the caller falls back to patterns of lines.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

MAX_STEPS = 60_000
"""Times that the parser reports on the way: about 18,000 for a megabyte of ordinary code."""
MAX_NODES = 200_000
MAX_SCOPE = 12
"""Units within units that are named; what stands deeper belongs to the innermost of them."""
LONG = 3
"""Lines from which a node is looked into."""
CHUNK = 1 << 16
MAX_NAME = 60

_LANGUAGES: dict[str, Callable[[], object]] = {
    **dict.fromkeys(("js", "jsx", "mjs", "cjs"), tree_sitter_javascript.language),
    **dict.fromkeys(("ts", "mts", "cts"), tree_sitter_typescript.language_typescript),
    "tsx": tree_sitter_typescript.language_tsx,
    "go": tree_sitter_go.language,
    "rs": tree_sitter_rust.language,
    "java": tree_sitter_java.language,
}
_UNIT_TYPES = """
function_declaration generator_function_declaration class_declaration abstract_class_declaration
method_definition
interface_declaration enum_declaration type_alias_declaration internal_module module abstract_method_signature
method_declaration type_spec function_item struct_item enum_item union_item trait_item impl_item mod_item
macro_definition record_declaration constructor_declaration compact_constructor_declaration
annotation_type_declaration
"""
_UNITS = frozenset(_UNIT_TYPES.split())
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function", "func_literal"})
_VALUES = frozenset({"variable_declarator", "public_field_definition", "field_definition", "pair"})
_WRAPPERS = frozenset(
    {"lexical_declaration", "variable_declaration", "type_declaration", "expression_statement"}
)
_LEADS = frozenset(
    {"comment", "line_comment", "block_comment", "attribute_item", "inner_attribute_item", "decorator"}
)


@dataclass(slots=True)
class Units:
    """Where units begin with their labels, and the lines (from 1) where statements begin."""

    marks: list[tuple[int, str]] = field(default_factory=list)
    cuts: set[int] = field(default_factory=set)


def units_of(path: str, lines: list[str]) -> Units | None:
    """The units of a file in one of the languages, or None without such a language or beyond a bound."""
    language = _language(path.rpartition(".")[2].lower())
    root = _root(language, "\n".join(lines).encode("utf-8", "replace")) if language else None
    if root is None or root.type == "ERROR":
        return None
    found = Units()
    for count, (node, begins, label) in enumerate(_walk(root)):
        if count > MAX_NODES:
            return None
        found.cuts.add(node.start_point.row + 1)
        if begins is not None:
            found.cuts.add(begins)
            found.marks.append((begins, label))
    return found


@cache
def _language(ending: str) -> Language | None:
    grammar = _LANGUAGES.get(ending)
    return Language(grammar()) if grammar else None


def _root(language: Language, source: bytes) -> Node | None:
    steps = 0

    def too_long(_offset: int, _failed: bool) -> bool:  # noqa: FBT001 (the signature is the library's)
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    try:
        tree = Parser(language).parse(lambda at, _: source[at : at + CHUNK], progress_callback=too_long)
    except ValueError:  # what the library raises once it was told to stop
        return None
    return tree.root_node


@dataclass(slots=True)
class _Frame:
    """The children that are left of a node, inside of how many units it stands, and if one just ended."""

    children: Iterator[tuple[Node, int]]
    scope: str = ""
    depth: int = 0
    after_unit: bool = False


def _walk(root: Node) -> Iterator[tuple[Node, int | None, str]]:
    """Nodes in order, with the line where a unit begins and its label; not recursive.

    Where code of a module goes on after a unit, something without a label begins.
    """
    todo = [_Frame(_children(root))]
    while todo:
        frame = todo[-1]
        step = next(frame.children, None)
        if step is None:
            todo.pop()
            continue
        outer, begins = step
        node, height = _inner(outer), outer.end_point.row - outer.start_point.row
        name = _name(node) if frame.depth < MAX_SCOPE and height else ""
        label = f"{frame.scope} {name}".strip() if name else frame.scope
        yield outer, begins if name or frame.after_unit else None, label
        frame.after_unit = bool(name) and not frame.scope
        if height + 1 >= LONG:
            todo.append(_Frame(_children(node), label, frame.depth + bool(name)))


def _inner(node: Node) -> Node:
    """What an export, or a declaration of one name, declares."""
    if node.type == "export_statement":
        declared = node.child_by_field_name("declaration") or node.child_by_field_name("value")
        return _inner(declared) if declared is not None else node
    alone = node.type in _WRAPPERS and node.named_child_count == 1
    return node.named_children[0] if alone else node


def _children(node: Node) -> Iterator[tuple[Node, int]]:
    """Children with the first line of the comments and attributes that stand directly above them."""
    lead = before = -1
    for child in node.named_children:
        row = child.start_point.row
        touches = lead >= 0 and row <= before + 1
        if child.type in _LEADS:
            lead = lead if touches else row
        else:
            yield child, (lead if touches else row) + 1
            lead = -1
        before = child.end_point.row - (child.end_point.column == 0)


def _name(node: Node) -> str:
    """The name of a unit, empty for everything else."""
    if node.type in _VALUES:
        value = node.child_by_field_name("value")
        called = node.child_by_field_name("name") or node.child_by_field_name("key")
        return _text(called) if value is not None and value.type in _FUNCTIONS else ""
    if node.type == "call_expression":
        return _call(node)
    if node.type not in _UNITS:
        return ""
    parts = (node.child_by_field_name(one) for one in ("receiver", "trait", "type", "name"))
    kept = [_text(part) for part in parts if part is not None and _counts(node, part)]
    return " ".join(kept) or node.type.partition("_")[0]


def _counts(node: Node, part: Node) -> bool:
    """False for the return type of a method and the body of a type: only `impl` is named by its type."""
    return node.type == "impl_item" or part != node.child_by_field_name("type")


def _call(node: Node) -> str:
    """`describe("orders", () => {...})`, `app.get("/orders", ...)`: a call with a name and a function."""
    given = node.child_by_field_name("arguments")
    listed = given.named_children if given is not None else []
    if len(listed) < 2 or listed[0].type not in {"string", "template_string"} or len(listed) > 8:
        return ""
    if not any(one.type in _FUNCTIONS for one in listed[1:]):
        return ""
    return f"{_text(node.child_by_field_name('function'))} {_text(listed[0])}"


def _text(node: Node | None) -> str:
    return (node.text or b"")[:MAX_NAME].decode("utf-8", "replace") if node is not None else ""
