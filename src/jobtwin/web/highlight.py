"""Highlighting a stranger's file: in a process of its own with little time, because lexers are regular
expressions and a hostile file may make one run for ever.

    python highlight.py python < lines.json      prints [[["k", "def"], ...], ...], one list a line

`highlighted` believes the child nothing: its text must be the very text that was sent, and its classes
are checked. Otherwise, and for languages that are not in the table, lines come back plain.
"""

import json
import re
import resource
import subprocess
import sys
from functools import lru_cache

Token = tuple[str, str]
Line = tuple[Token, ...]

SECONDS = 4
MEMORY = 512 * 1024 * 1024
MAX_CHARACTERS = 200_000

LANGUAGES = {
    "bash": ("sh", "bash"),
    "css": ("css",),
    "docker": ("dockerfile", "containerfile"),
    "go": ("go",),
    "html": ("html", "htm", "svg", "xml"),
    "ini": ("ini", "cfg"),
    "javascript": ("js", "mjs", "jsx"),
    "json": ("json", "jsonl", "ipynb"),
    "make": ("makefile", "mk"),
    "markdown": ("md", "markdown"),
    "python": ("py", "pyi"),
    "rust": ("rs",),
    "sql": ("sql",),
    "toml": ("toml",),
    "typescript": ("ts", "tsx"),
    "yaml": ("yaml", "yml"),
}
"""Pygments' names of languages, with the ends of file names (or whole names) that stand for each."""

_BY_ENDING = {ending: language for language, endings in LANGUAGES.items() for ending in endings}
_CLASS = re.compile(r"[a-z][a-z0-9]{0,3}|")


def language_of(path: str) -> str | None:
    """The language of a file by the end of its name alone; its content has no say."""
    name = path.rpartition("/")[2].lower()
    return _BY_ENDING.get(name) or _BY_ENDING.get(name.rpartition(".")[2] if "." in name else "")


def highlighted(lines: tuple[str, ...], language: str | None) -> tuple[Line, ...]:
    """Each line as (class, text) tokens whose texts join to exactly that line."""
    plain = tuple(((("", line),) if line else ()) for line in lines)
    if language is None or sum(map(len, lines)) > MAX_CHARACTERS:
        return plain
    return _from_child(lines, language) or plain


@lru_cache(maxsize=32)
def _from_child(lines: tuple[str, ...], language: str) -> tuple[Line, ...] | None:
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, language],
            input=json.dumps(lines).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
            env={},
        )
        found = tuple(tuple((str(css), str(text)) for css, text in line) for line in json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError, TypeError):
        return None
    same = tuple("".join(text for _, text in line) for line in found) == lines
    return found if same and all(_CLASS.fullmatch(css) for line in found for css, _ in line) else None


def _tokens(lines: list[str], language: str) -> list[list[Token]]:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - only the child pays for it
    from pygments.token import STANDARD_TYPES  # noqa: PLC0415

    result: list[list[Token]] = [[]]
    lexer = get_lexer_by_name(language)
    for _, kind, text in lexer.get_tokens_unprocessed("\n".join(lines) + "\n"):
        css = next(STANDARD_TYPES[one] for one in reversed(kind.split()) if one in STANDARD_TYPES)
        for number, part in enumerate(text.split("\n")):
            if number:
                result.append([])
            if part:
                result[-1].append((css, part))
    return result[: len(lines)]


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    json.dump(_tokens(json.load(sys.stdin), sys.argv[1]), sys.stdout)


if __name__ == "__main__":
    _main()
