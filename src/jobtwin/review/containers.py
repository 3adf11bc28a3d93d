"""Container files as data: what the last stage says, stages that are thrown away left out."""

import re
from collections.abc import Iterator

MAX_LINE = 2000
_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?", re.IGNORECASE)


def last_instruction(lines: list[str], name: str) -> tuple[int, str] | None:
    """`(line, value)` of the last such instruction in the last stage, or in the stage it is built on."""
    stages: dict[str, dict[str, tuple[int, str]]] = {}
    stage: dict[str, tuple[int, str]] = {}
    for number, instruction, value in _instructions(lines):
        if instruction == "FROM":
            found = _FROM.match(value)
            base, alias = (found[1], found[2] or "") if found else ("", "")
            stage = dict(stages.get(base.lower(), {}))
            stages[alias.lower() or f"{len(stages)}"] = stage
        else:
            stage[instruction] = (number, value)
    return stage.get(name.upper())


def _instructions(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """`(line, INSTRUCTION, value)`; continued lines are joined, comments between them left out."""
    start, held = 0, ""
    for number, raw in enumerate(lines, 1):
        line = raw[:MAX_LINE].strip()
        if not line or line.startswith("#"):
            continue
        start = start or number
        held = f"{held} {line.removesuffix(chr(92))}".strip()
        if not line.endswith("\\"):
            instruction, _, value = held.partition(" ")
            yield start, instruction.upper(), value.strip()
            start, held = 0, ""
