"""Tokens: folded text as words, kinds of numbers and a few marks, the same in training and at run time."""

import re

from jobtwin.review.scan.cues import cue_words

_TOKEN = re.compile(
    r"[\u0900-\u097f]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,/]\d+)*%?|[:!_<>\[\]{}=|]"
)
_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CUES_WITHOUT_SPACES = {word for word in cue_words() if _NO_SPACES.match(word)}
_LONGEST_CUE = 5
_LONGEST_WORD = 24


def tokens_of(folded: str) -> list[str]:
    """The tokens of folded text in order."""
    found: list[str] = []
    for token in _TOKEN.findall(folded):
        first = token[0]
        if first.isdigit():
            found.append(_kind_of_number(token))
        elif first > "\u3000" and _NO_SPACES.match(first):
            found.extend(_cut(token))
        else:
            found.append(token[:_LONGEST_WORD])
    return found


def _kind_of_number(token: str) -> str:
    if "/" in token:
        got, _, of = token.partition("/")
        return "<full>" if got == of else "<share>"
    if token in {"100", "100%", "99", "95"}:
        return "<hundred>"
    if token in {"1.0", "1.00", "1,0", "10"}:
        return "<one>"
    return "<num>"


def _cut(run: str) -> list[str]:
    """A run of letters without spaces, cut at known cues, else letter by letter."""
    found: list[str] = []
    at = 0
    while at < len(run):
        size = next((n for n in range(_LONGEST_CUE, 0, -1) if run[at : at + n] in _CUES_WITHOUT_SPACES), 1)
        found.append(run[at : at + size])
        at += size
    return found
