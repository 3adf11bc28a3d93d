"""What a tool of CI is pointed at: a run over nothing, or with everything left out, shows nothing."""

import re

from jobtwin.review.files import Files
from jobtwin.review.shell import Started

_TOOLS_NAMES = """
pytest py.test unittest ruff flake8 black mypy pyright pylint isort bandit eslint prettier pip-audit safety
trivy
"""
_TOOLS = frozenset(_TOOLS_NAMES.split())
_BARE = frozenset({"pytest", "py.test", "flake8", "black", "mypy", "pylint", "pyright", "isort"})
_VERBS = frozenset({"check", "format", "run", "fs", "scan", "test", "discover", "lint"})
_LOOKS = re.compile(
    r"--(?:version|help|collect-only|co|fixtures|markers|setup-plan|setup-only|show-settings|show-files|"
    r"list(?!-diff)\w*|dry-run|just-print|question|touch|install-types|print-config)\b|^-(?:h|V|VV)$"
)
_TALKS = re.compile(
    r"\bruff (?:rule|config|linter|clean|version|help|server|analyze)\b|"
    r"\bpre-commit (?:install|autoupdate|clean|gc|sample-config|uninstall)\b|"
    r"\b(?:tox|nox) (?:-l|-a|--list\S*|config|list|devenv)\b|\b(?:make|just) (?:\S+ )*?-{1,2}[nqt]\b|"
    r"\btrivy (?:version|plugin|help|clean)\b|\bnpm (?:pkg|view|ls|list|init)\b|"
    r"\bcoverage (?:report|html|xml|erase)\b|\bpytest (?:\S+ )*-p no:(?:main|python)\b"
)
_ALL = r"[= ]\s*(?:ALL|all|\*{1,2}|\.|/|\.\*|\*\*/\*|[A-Z](?:,[A-Z]){7,})(?:\s|$)"
_BLIND = re.compile(
    rf"--(?:(?:extend-)?(?:ignore|exclude|disable|skip|deselect)(?:-\w+)?){_ALL}|"
    r"--(?:extend-)?select[= ]\s*(?:NONE|none|''|\"\")?(?:\s|$)|"
    r"--(?:ignore|exclude)[= ](?:\./)?(?:tests?|src|app)/?(?:\s|$)|"
    r"--exit-zero|--no-fail\b|--soft-fail|--no-error|--max-(?:warnings|line-length)[= ]\d{5,}|"
    r"(?<!>)(?<!> )/dev/null"
)
_PATH = re.compile(r"[\w./@-]+")
_ENDING = re.compile(r"\.(?:py|pyi|js|ts|tsx|jsx|txt|in|toml|lock|json|ya?ml)$")


def looks_at_something(part: Started, files: Files, folder: str = "") -> bool:
    """False where a tool only talks, leaves everything out, or names nothing that is in the tree."""
    text = " ".join(part.words)
    if any(_LOOKS.search(word) for word in part.words) or _TALKS.search(text) or _BLIND.search(text):
        return False
    named = _operands(part)
    return not named or any(_is_there(one, files, folder) for one in named)


def _operands(part: Started) -> list[str]:
    """Paths that a known tool is given; what may be the value of an option is none."""
    at = next((n for n, word in enumerate(part.words) if word.rpartition("/")[2] in _TOOLS), None)
    if at is None:
        return []
    bare = part.words[at].rpartition("/")[2] in _BARE
    found: list[str] = []
    before = ""
    for word in part.words[at + 1 :]:
        option = (
            before.startswith("-")
            and "=" not in before
            and before not in {"-q", "-v", "-x", "-s", "-vv", "-rA"}
        )
        if word.startswith("-") or word in _VERBS or not _PATH.fullmatch(word.partition("::")[0]):
            before = word
            continue
        if not option and (bare or "/" in word or _ENDING.search(word)):
            found.append(word.partition("::")[0])
        before = "" if option else word
    return found


def _is_there(name: str, files: Files, folder: str) -> bool:
    plain = name.removeprefix("./").strip("/")
    if plain in {"", "."} or ".." in plain or name.startswith("/"):
        return True
    return any(
        path in files.entries or files.has_folder(path) for path in (plain, f"{folder}/{plain}".strip("/"))
    ) or any(path.endswith(f"/{plain}") or f"/{plain}/" in path for path in files.entries)
