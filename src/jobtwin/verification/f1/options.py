"""Which of the project's own pytest options are honoured: a named list of harmless ones.

Whatever selects, hides, renames or adds code (`-k`, `--deselect`, `--ignore`, `-p`, `-c`, `-o`, ...)
is undone and shown as a fact.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.core.syntax import UNPARSABLE, parse
from jobtwin.verification.f1.pytest_config import PytestConfig

_ALONE = re.compile(
    r"-([qvsl]+|r[a-zA-Z]+)$|--(quiet|verbose|showlocals|no-showlocals|no-header|no-summary|full-trace|"
    r"strict|strict-markers|strict-config|doctest-modules|doctest-ignore-import-errors|"
    r"doctest-continue-on-failure|disable-warnings|disable-pytest-warnings|cov|no-cov|cov-branch|cov-append|"
    r"no-cov-on-fail|asyncio-mode|benchmark-disable|benchmark-skip|reuse-db|create-db|nomigrations|no-migrations|"
    r"force-sugar|cache-clear|hypothesis-show-statistics|randomly-dont-reset-seed|random-order)$"
)
_WITH_VALUE = re.compile(
    r"--(import-mode|tb|verbosity|color|code-highlight|durations|durations-min|show-capture|capture|"
    r"doctest-glob|doctest-report|pythonwarnings|numprocesses|dist|maxprocesses|cov|cov-report|cov-config|"
    r"cov-context|cov-fail-under|asyncio-mode|anyio-mode|timeout|timeout-method|ds|dc|log-level|"
    r"log-cli-level|log-format|log-date-format|junitxml|junit-xml|junit-prefix|html|alluredir|"
    r"hypothesis-profile|hypothesis-seed|hypothesis-verbosity|randomly-seed|random-order-bucket|random-order-seed|"
    r"benchmark-[a-z-]+|snapshot-[a-z-]+|reruns|reruns-delay)$"
)
_SHORT_WITH_VALUE = re.compile(r"-(n|W|r)(?P<value>.*)$", re.DOTALL)
_TAKES_NEXT = {
    *("-k", "-m", "-p", "-c", "-o", "-n", "-W", "-r", "--deselect", "--ignore", "--ignore-glob", "--maxfail"),
    *(
        "--rootdir",
        "--confcutdir",
        "--basetemp",
        "--override-ini",
        "--config-file",
        "--last-failed-no-failures",
    ),
}
_OPTIONAL_VALUE = {"--cov"}


@dataclass(frozen=True)
class Options:
    """`honoured` go on our command line, `undone` are shown; `marker` is the honoured `-m` expression."""

    honoured: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    marker: str | None = None


def choose_options(config: PytestConfig) -> Options:
    """Sort the project's addopts."""
    honoured: list[str] = []
    undone: list[str] = []
    marker = None
    for option, value in _grouped(config.words("addopts")):
        if option == "-m" and value is not None and names_in(value) <= config.markers:
            marker = value
        elif _is_harmless(option, value):
            honoured += [option] if value is None else _joined(option, value)
        else:
            undone.append(option if value is None else f"{option} {value}")
    if marker is not None:
        honoured += ["-m", marker]
    return Options(tuple(honoured), tuple(undone), marker)


def names_in(expression: str) -> frozenset[str]:
    """The marker names of a `-m` expression; a name no project can register where it cannot be read."""
    tree = _parsed(expression)
    if tree is None:
        return frozenset({"-"})
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def selects(expression: str, marks: frozenset[str]) -> bool:
    """Whether `-m expression` selects a test that carries `marks`."""
    tree = _parsed(expression)
    return tree is None or _holds(tree.body, marks)


def _parsed(expression: str) -> ast.Expression | None:
    try:
        tree = parse(expression.strip(), "eval")
    except UNPARSABLE:
        return None
    allowed = (ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Name, ast.Load)
    return tree if all(isinstance(node, allowed) for node in ast.walk(tree)) else None


def _holds(node: ast.expr, marks: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in marks
    if isinstance(node, ast.UnaryOp):
        return not _holds(node.operand, marks)
    if isinstance(node, ast.BoolOp):
        values = [_holds(one, marks) for one in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    return True


def _grouped(words: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Options with their values; a bare word is an option without a value."""
    pending = list(words)
    while pending:
        word = pending.pop(0)
        name, equals, value = word.partition("=")
        if word.startswith("--") and equals:
            yield name, value
        elif re.match(r"-[kmpco].", word) and not word.startswith("--"):
            yield word[:2], word[2:].removeprefix("=")
        elif _takes_next(word, pending):
            yield word, pending.pop(0)
        else:
            yield word, None


def _takes_next(word: str, pending: list[str]) -> bool:
    if not pending:
        return False
    if word in _TAKES_NEXT:
        return True
    if word in _OPTIONAL_VALUE:
        return not pending[0].startswith("-")
    return bool(_WITH_VALUE.match(word)) and not _ALONE.match(word)


def _is_harmless(option: str, value: str | None) -> bool:
    if value is None:
        return bool(_ALONE.match(option)) or bool(
            _SHORT_WITH_VALUE.match(option) and len(option) > 2 and not option.startswith("--")
        )
    return option in {"-n", "-W", "-r"} or bool(_WITH_VALUE.match(option))


def _joined(option: str, value: str) -> list[str]:
    return [f"{option}={value}"] if option.startswith("--") else [option, value]
