"""Compose files: what they say of containers built from this repository, not of a database beside them."""

import shlex
from collections.abc import Iterator

from jobtwin.core.evidence import Span
from jobtwin.review.files import Files
from jobtwin.review.kinds import is_service
from jobtwin.review.results import cut
from jobtwin.review.structure import Node, parse_structure

GLOBS = ("**/*compose*.yml", "**/*compose*.yaml")


def said_in_compose(files: Files, instruction: str) -> Iterator[tuple[str, Span]]:
    """`(value, where)` of such an instruction of every service that a compose file builds here."""
    for path in files.matching(GLOBS):
        root = parse_structure(path, files.lines(path)) if is_service(path) else None
        services = root.keys.get("services") if root else None
        for service in services.keys.values() if services else ():
            node = _node(service, instruction) if "build" in service.keys else None
            if node is not None:
                yield _value(node), cut(path, node.start, node.end)


def _node(service: Node, instruction: str) -> Node | None:
    if instruction == "USER":
        return service.keys.get("user")
    check = service.keys.get("healthcheck")
    return check.keys.get("test") if check else None


def _value(node: Node) -> str:
    """The value as a container file writes it: `CMD curl -f ...`, `NONE`, `1000:1000`."""
    words = [item.text or "" for item in node.items]
    if not words:
        return node.text or ""
    return words[1] if words[0] == "CMD-SHELL" and len(words) > 1 else shlex.join(words)
