"""Container files as data: what the last stage says, stages that are thrown away left out."""

import re
from collections.abc import Iterator

MAX_LINE = 2000
_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?", re.IGNORECASE)
_SET = re.compile(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)")
_MADE_ROOT = re.compile(
    r"\b(?:useradd|adduser|usermod)\b[^&;|]{0,300}?(?:-u|--uid)[=\s]+0\b[^&;|]{0,300}?\s([\w-]+)\s*(?:$|[&;|])"
)
_VARIABLE = re.compile(r"\$\{?(\w+)(?::-([^}]*))?\}?")


_HOST = re.compile(r"https?://([^/\s:\"'\]]+)")
_HERE = re.compile(r"^(?:localhost|127\.|0\.0\.0\.0|\[|[^.]*$)|\$|\.(?:local|internal|localhost)$")
_LOOKS = re.compile(r"--(?:version|help)\b")
_SELDOM = re.compile(r"--interval=(?:\d+h|\d{3,}m|\d{4,}s)")
_MAY_ALL = re.compile(r"\b([\w-]+)\s+ALL=\S+\s+NOPASSWD")
_FORGIVEN = re.compile(r"(?:\|\||;)\s*(?:exit 0|true|:)\s*[\"'\]]*\s*$")
_BECOMES_ROOT = re.compile(
    r"^\W*(?:\S*/)?(?:sudo|su|doas)\b|\b(?:gosu|su-exec)\W+root\b|setpriv\W+--reuid\W*0"
)


def acts_on_itself(value: str) -> bool:
    """False for a health check of another host, and for one that never fails or hardly ever asks."""
    hosts = _HOST.findall(value)
    if _FORGIVEN.search(value) or _LOOKS.search(value) or _SELDOM.search(value):
        return False
    return not hosts or any(_HERE.search(host) for host in hosts)


def last_instruction(lines: list[str], name: str) -> tuple[int, str] | None:
    """`(line, value)` of the last such instruction in the last stage, or in the stage it is built on.

    Where a value is a variable, the value that `ARG` or `ENV` gave it before stands in its place; a user
    that was made with the number 0 is root.
    """
    known: dict[str, str] = {}
    roots: set[str] = set()
    stages: dict[str, dict[str, tuple[int, str]]] = {}
    stage: dict[str, tuple[int, str]] = {}
    for number, instruction, value in _instructions(lines):
        if instruction == "FROM":
            found = _FROM.match(value)
            base, alias = (found[1], found[2] or "") if found else ("", "")
            stage = dict(stages.get(base.lower(), {}))
            stages[alias.lower() or f"{len(stages)}"] = stage
        elif instruction in {"ARG", "ENV"}:
            known |= {key: _plain(given, known) for key, given in _given(value)}
        elif instruction == "RUN":
            roots.update((*_MADE_ROOT.findall(value), *_MAY_ALL.findall(value)))
        else:
            plain = _plain(value, known)
            stage[instruction] = (number, "root" if plain.partition(":")[0] in roots else plain)
    starts = [stage[one][1] for one in ("ENTRYPOINT", "CMD") if one in stage]
    last = stage.get(name.upper())
    if last and name.upper() == "USER" and any(_BECOMES_ROOT.search(one) for one in starts):
        return last[0], "root"
    return last


def _given(value: str) -> Iterator[tuple[str, str]]:
    """What `ARG a=1`, `ENV a=1 b=2` and `ENV a 1` set."""
    pairs = _SET.findall(value)
    if pairs:
        yield from ((key, given.strip("\"'")) for key, given in pairs)
    elif " " in value:
        key, _, given = value.partition(" ")
        yield key, given.strip()


def _plain(value: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: known.get(found[1], found[2] or found[0]), value)


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
