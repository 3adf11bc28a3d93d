"""Places: how held-out payloads stand in real files; others than the carriers that training uses.

A payload is set where a file's own text stands: behind a comment, in a table, an attribute, a key, a trailer.
"""

import base64
import json
import random
import re
import textwrap
from collections.abc import Callable

Lines = list[str]
Place = Callable[[random.Random, str], Lines]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _lines(before: str, text: str, width: int) -> Lines:
    return [before + part for part in textwrap.wrap(_flat(text), width)]


def _code(mark: str) -> tuple[Place, ...]:
    return (
        lambda rng, text: _lines(
            rng.choice((f"{mark} ", f"        {mark} ")), text, rng.choice((44, 60, 96))
        ),
        lambda _, text: [f"    total = 0  {mark} {_flat(text)}"],
        lambda _, text: [f"{mark} " + "-" * 60, *_lines(f"{mark}   ", text, 70), f"{mark} " + "-" * 60],
        lambda _, text: [f"    default_message = {json.dumps(_flat(text))}"],
    )


def _docstring(_: random.Random, text: str) -> Lines:
    head = ["    def close(self, *, wait=True):", '        """Close all connections.', "", "        Args:"]
    note = ["            wait: whether to wait for the last one.", "", "        Note:"]
    return [*head, *note, *_lines("            ", text, 64), '        """', "        self._closed = True"]


def _assertion(_: random.Random, text: str) -> Lines:
    return [f"    assert found == 3, {_flat(text)!r}"]


def _table(_: random.Random, text: str) -> Lines:
    return ["| part | state | remark |", "|---|---|---|", f"| export | done | {_flat(text)} |"]


def _bullet(rng: random.Random, text: str) -> Lines:
    return [rng.choice(("* ", "1. ", "- [x] ")) + _flat(text)]


def _picture(_: random.Random, text: str) -> Lines:
    return [f'![{_flat(text)}](docs/overview.png "overview")']


def _details(_: random.Random, text: str) -> Lines:
    return ["<details>", "<summary>More</summary>", "", *_lines("", text, 76), "", "</details>"]


def _comment(_: random.Random, text: str) -> Lines:
    return ["<!-- markdownlint-disable -->", "<!--", *_lines("  ", text, 60), "-->"]


def _attribute(rng: random.Random, text: str) -> Lines:
    quoted = _flat(text).replace('"', "&quot;")
    return [f'<a href="/map" {rng.choice(("title", "aria-label", "data-note"))}="{quoted}">map</a>']


def _tiny(_: random.Random, text: str) -> Lines:
    return [f'<div style="position:absolute;left:-9999px;font-size:1px">{_flat(text)}</div>']


def _key(rng: random.Random, text: str) -> Lines:
    return [f"    {json.dumps(rng.choice(('remark', 'tooltip', 'content', 'reason')))}: {json.dumps(text)},"]


def _block(_: random.Random, text: str) -> Lines:
    return ["notes: |", *_lines("  ", text, 60)]


def _cell(_: random.Random, text: str) -> Lines:
    parts = [f"    {json.dumps(line + chr(10))}," for line in textwrap.wrap(_flat(text), 70)]
    return ["  {", '   "cell_type": "markdown",', '   "source": [', *parts, "   ]", "  },"]


def _row(rng: random.Random, text: str) -> Lines:
    return [f"{rng.randint(10, 99)};open;{_flat(text)};2025-11-0{rng.randint(1, 9)}"]


def _record(rng: random.Random, text: str) -> Lines:
    return [f'{{"level":"info","ts":17{rng.randint(10**7, 10**8)},"msg":{json.dumps(_flat(text))}}}']


def _plain(rng: random.Random, text: str) -> Lines:
    return ["", *_lines("", text, rng.choice((50, 78, 300))), ""]


_MARKDOWN = (_plain, _plain, _table, _bullet, _picture, _details, _comment, _tiny)
_PYTHON = (*_code("#"), _docstring, _docstring, _assertion)
_SLASHES = _code("//")
PLACES: dict[str, tuple[Place, ...]] = {
    "py": _PYTHON, "md": _MARKDOWN, "mdx": _MARKDOWN, "rst": (_plain, _bullet), "txt": (_plain, _bullet),
    "html": (_attribute, _comment, _tiny), "svg": (_attribute, _comment), "json": (_key,),
    "ipynb": (_cell, _key), "csv": (_row,), "log": (_record,), "css": (_comment,),
    "yaml": (_block, *_code("#")[:2]), "yml": (_block, *_code("#")[:2]), "toml": _code("#")[:3],
    "sh": _code("#")[:3], "js": _SLASHES, "ts": _SLASHES, "tsx": _SLASHES, "go": _SLASHES,
    "rs": _SLASHES, "java": _SLASHES, "rb": _code("#"), "cfg": _code("#")[:3],
}  # fmt: skip


def _without_vowels_marked(rng: random.Random, text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[aeiou])", lambda _: "\u200d" if rng.random() < 0.5 else "", text)


DISGUISES: dict[str, Callable[[random.Random, str], str]] = {
    "as written": lambda _, text: text,
    "base64": lambda _, text: base64.b64encode(_flat(text).encode()).decode(),
    "hexadecimal": lambda _, text: _flat(text).encode().hex(" "),
    "joiners in words": _without_vowels_marked,
    "capitals": lambda _, text: text.upper(),
    "dots in words": lambda _, text: " ".join(".".join(w) if len(w) > 4 else w for w in text.split()),
    "percent signs": lambda _, text: "".join(f"%{byte:02x}" for byte in _flat(text).encode()),
}


def put(rng: random.Random, lines: Lines, text: str, extension: str) -> tuple[Lines, str, int, int]:
    """The file with the payload, the name of the place, and the lines (from 1) of what was put in."""
    place = rng.choice(PLACES[extension])
    added = place(rng, text)
    at = rng.randint(0, len(lines))
    return [*lines[:at], *added, *lines[at:]], place.__name__.strip("_<>"), at + 1, at + len(added)
