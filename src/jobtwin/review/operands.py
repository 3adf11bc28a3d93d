"""What a tool of CI is pointed at: a run over nothing, or with everything left out, shows nothing."""

import ast
import builtins
import re

from jobtwin.review.blind import BLINDED, is_blind
from jobtwin.review.files import Files
from jobtwin.review.pyfacts import parse_module
from jobtwin.review.pytruth import dotted
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
    r"--continue-on-error|--exit-code[= ]0\b|"
    r"--exit-zero|--no-fail\b|--soft-fail|--no-error|--max-(?:warnings|line-length)[= ]\d{5,}|"
    r"(?<!>)(?<!> )/dev/null"
)
_A_TEST = re.compile(r"\b(?:def test|class Test|unittest|doctest|>>> )")
_PATH = re.compile(r"[\w./@-]+")
_ENDING = re.compile(r"\.(?:py|pyi|js|ts|tsx|jsx|txt|in|toml|lock|json|ya?ml)$")


def looks_at_something(part: Started, files: Files, folder: str = "") -> bool:
    """False where a tool only talks, leaves everything out, or names nothing that is in the tree."""
    text = " ".join(part.words)
    if any(_LOOKS.search(word) for word in part.words) or _TALKS.search(text) or _BLIND.search(text):
        return False
    if any(is_blind(files, tool) for tool in {word.rpartition("/")[2] for word in part.words} & BLINDED):
        return False
    if part.program.startswith("python") and not _does_something(part, files, folder):
        return False
    named = _operands(part)
    return not named or any(_holds(one, part, files, folder) for one in named)


def _does_something(part: Started, files: Files, folder: str) -> bool:
    """False where the only module of the tree that is run calls nothing but what is built in."""
    named = [word for word in part.words[1:] if word.endswith(".py")]
    beside = (f"{folder}/{named[0]}".lstrip("/"), named[0].removeprefix("./")) if named else ()
    path = next((one for one in beside if one in files.entries), None)
    module = parse_module(files.lines(path)) if path else None
    if module is None:
        return True
    called = {dotted(one.func).partition(".")[0] for one in ast.walk(module) if isinstance(one, ast.Call)}
    return bool(called - set(dir(builtins)))


def _holds(name: str, part: Started, files: Files, folder: str) -> bool:
    """True where an operand is in the tree, and holds a test where tests are run."""
    paths = _found(name, files, folder)
    if not any(word.rpartition("/")[2] in {"pytest", "py.test"} for word in part.words) or name in {
        ".",
        "./",
    }:
        return bool(paths)
    return any(
        _A_TEST.search("\n".join(files.lines(path))) for path in paths if path.endswith((".py", ".ipynb"))
    )


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


def _found(name: str, files: Files, folder: str) -> list[str]:
    """Paths of the tree that a name of a file or folder may mean."""
    plain = name.removeprefix("./").strip("/")
    if plain in {"", "."} or ".." in plain or name.startswith("/"):
        return list(files.entries)
    for start in dict.fromkeys((f"{folder}/{plain}".strip("/"), plain)):
        found = [path for path in files.entries if path == start or path.startswith(f"{start}/")]
        if found:
            return found
    return [path for path in files.entries if path.endswith(f"/{plain}") or f"/{plain}/" in path]
