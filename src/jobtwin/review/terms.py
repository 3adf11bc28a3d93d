"""Terms: how identifiers, words and numbers of code and prose become what a search compares.

Identifiers are split (camelCase, snake_case) and kept whole; words are lightly stemmed; numbers stand in one
form, so that 1e-3, 0.001 and 10^-3 are the same term.
"""

import re
from functools import lru_cache

TOKEN = re.compile(r"\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[^\W\d]\w*")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")
MAX_TOKEN = 80
MAX_MEMO = 300_000

_SUFFIXES = (
    ("izations", "iz"),
    ("isations", "iz"),
    ("ization", "iz"),
    ("isation", "iz"),
    ("izing", "iz"),
    ("ising", "iz"),
    ("izers", "iz"),
    ("izer", "iz"),
    ("iser", "iz"),
    ("ized", "iz"),
    ("ised", "iz"),
    ("izes", "iz"),
    ("ises", "iz"),
    ("ize", "iz"),
    ("ise", "iz"),
    ("ations", "at"),
    ("ation", "at"),
    ("ating", "at"),
    ("ators", "at"),
    ("ator", "at"),
    ("ated", "at"),
    ("ates", "at"),
    ("ate", "at"),
    ("ments", "ment"),
    ("ities", "ity"),
    ("ingly", ""),
    ("edly", ""),
    ("ions", ""),
    ("ion", ""),
    ("ies", "y"),
    ("ing", ""),
    ("sses", "ss"),
    ("xes", "x"),
    ("ers", ""),
    ("er", ""),
    ("or", ""),
    ("ed", ""),
    ("es", ""),
    ("ly", ""),
    ("s", ""),
    ("e", ""),
)
_UNCHANGED = """
this loss class process access address bias axis status less pass across cross analysis basis canvas
redis nas gas alias series kwargs args css os is as has was its does bus corpus focus torus thing
string bring ring spring king during every user number order layer over under after paper server
buffer header docker error vector factor color floor door motor monitor author minor major prior
need seed feed speed embed red bed shed these other another either whether never ever tensor
"""
_KEPT = frozenset(_UNCHANGED.split())


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A lower-case word without its commonest English endings."""
    if len(word) < 4 or word in _KEPT:
        return word
    for suffix, put in _SUFFIXES:
        if word.endswith(suffix):
            cut = word[: -len(suffix)] + put
            if len(cut) >= 3 and not (suffix == "s" and word.endswith("ss")):
                return _undoubled(cut) if suffix in {"ing", "ed", "er", "ers"} else cut
    return word


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word


def terms_of_token(token: str) -> tuple[str, ...]:
    """The terms of one token: the stemmed parts, and the whole where it has several parts."""
    if token[0].isdigit() or token[0] == ".":
        return (number_term(token),)
    token = token[:MAX_TOKEN]
    if token.isascii() and token.islower() and token.isalpha():
        return (stem(token),)
    parts = [part.lower() for part in _PARTS.findall(token)]
    if len(parts) == 1:
        return (stem(parts[0]),)
    whole = "".join(parts)
    kept = [number_term(part) if part.isdigit() else stem(part) for part in parts]
    return tuple(dict.fromkeys([part for part in kept if part] + ([whole] if whole else [])))


def number_term(text: str) -> str:
    """One form for a number however it is written: `#0.001`, `#1000`."""
    try:
        value = float(text.replace("_", ""))
    except (ValueError, OverflowError):
        return text
    return f"#{value:.10g}"


class _Memo(dict[str, tuple[str, ...]]):
    """Terms by token, filled on demand and emptied when it has grown too large."""

    def __missing__(self, token: str) -> tuple[str, ...]:
        if len(self) > MAX_MEMO:
            self.clear()
        found = self[token] = terms_of_token(token)
        return found


TERMS = _Memo()


def tokens_of(text: str) -> list[str]:
    """Raw tokens of a text in order."""
    return TOKEN.findall(text)
