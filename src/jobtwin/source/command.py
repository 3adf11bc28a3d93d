"""Commands as a submission writes them: a list of words, or one line that needs no shell."""

import re
import shlex

from jobtwin.core.errors import BadInput

MAX_WORDS = 64
MAX_WORD = 1000
"""Characters of one word of a command."""
MAX_LINE = 4000
"""Characters of all words together."""

SHELL_LETTERS = "|&;<>()$`\\*?[]{}~#!\n\r"

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def parse_command(value: object) -> tuple[str, ...]:
    """The words of a command, given as a list of strings or as one line without a shell's letters.

    Raises BadInput with a sentence that says what is wrong with it.
    """
    if isinstance(value, str):
        return _checked(_split(value))
    if isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value):
        return _checked([str(word) for word in value])
    raise BadInput('a command is a list of strings, such as ["python", "-m", "evals.run"], or one line')


def _split(line: str) -> list[str]:
    met = sorted({letter for letter in line if letter in SHELL_LETTERS})
    if met:
        shown = " ".join(letter if letter.isprintable() else "line break" for letter in met)
        raise BadInput(
            f"a command is run without a shell, so {shown} would not do what it does in one; write the "
            "command as a list of strings, or put it in a script"
        )
    try:
        return shlex.split(line, posix=True)
    except ValueError as error:
        raise BadInput("a quotation mark in the command is not closed") from error


def _checked(words: list[str]) -> tuple[str, ...]:
    if not words or not words[0].strip():
        raise BadInput("the command is empty")
    if len(words) > MAX_WORDS:
        raise BadInput(f"a command has at most {MAX_WORDS} words")
    if any(len(word) > MAX_WORD for word in words):
        raise BadInput(f"a word of a command has at most {MAX_WORD} characters")
    if sum(map(len, words)) > MAX_LINE:
        raise BadInput(f"a command has at most {MAX_LINE} characters")
    if not all(word.isprintable() for word in words):
        raise BadInput("a command holds no control characters")
    if _ASSIGNMENT.match(words[0]):
        raise BadInput("a command is run without a shell, so it cannot set variables before its name")
    return tuple(words)
