"""Configuration of linters and type checkers that makes them look at nothing."""

from jobtwin.review.files import Files
from jobtwin.review.structure import Node, parse_structure

BLINDED = frozenset({"ruff", "mypy"})
_EVERYTHING = frozenset({"*", "**", ".", "./", "**/*", ".*", "**/*.py", "*.py"})
_PLACES = {
    "ruff": (("ruff.toml", ()), (".ruff.toml", ()), ("pyproject.toml", ("tool", "ruff"))),
    "mypy": (("mypy.ini", ("mypy",)), ("setup.cfg", ("mypy",)), ("pyproject.toml", ("tool", "mypy"))),
}


def is_blind(files: Files, tool: str) -> bool:
    """True where the configuration in the root selects no rule, leaves out all files, or all errors."""
    for path, keys in _PLACES[tool]:
        node = parse_structure(path, files.lines(path)) if path in files.entries else None
        for key in keys:
            node = node.keys.get(key) if node else None
        if node is not None:
            return any(_blinds(one) for one in (node, *(node.keys[k] for k in ("lint",) if k in node.keys)))
    return False


def _blinds(section: Node) -> bool:
    select = section.keys.get("select")
    if select is not None and not select.items and not select.text:
        return True
    errors = section.keys.get("ignore_errors")
    if errors is not None and (errors.text or "").lower() == "true":
        return True
    left_out = [section.keys.get(name) for name in ("exclude", "extend-exclude", "ignore")]
    texts = {t for node in left_out if node for t in (node.text, *(item.text for item in node.items))}
    return bool(texts & (_EVERYTHING | {"ALL"}))
