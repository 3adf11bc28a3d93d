"""Queries: the terms of a requirement in plain words, with weights."""

import re
from itertools import pairwise

from jobtwin.review.terms import stem, terms_of_token, tokens_of
from jobtwin.review.vocabulary import EXPANSIONS, LONGEST_PHRASE, STOP

MAX_QUERY = 4000
"""Characters of a requirement that are read."""

MAX_TERMS = 160
EXPANSION_WEIGHT = 0.5
IDENTIFIER_WEIGHT = 1.6
JOINED_WEIGHT = 0.9
DIGIT_WEIGHT = 0.3

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta",
    "λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega",
}  # fmt: skip
_GREEK_LETTER = re.compile("|".join(_GREEK))
_POWER = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*(?:\\times|\\cdot|[×x*·])\s*)?10\s*(?:\^|\*\*)\s*\{?\s*([-−+]?\d+)\s*\}?"
)
_LATEX = re.compile(
    r"\\(?:mathcal|mathbb|mathbf|mathrm|text|textit|texttt|frac|left|right|sim|quad|hat|bar|tilde)\b"
)
_IDENTIFIER = re.compile(r"_|[a-z][A-Z]|^[A-Z]{2,}$")
_QUOTED = re.compile(r"`([^`]{1,80})`")
_PLAIN_EXPANSIONS = {tuple(stem(word) for word in phrase): words for phrase, words in EXPANSIONS.items()}


def query_terms(text: str) -> dict[str, float]:
    """Weights by term: the words themselves, their neighbours joined, and what code calls them."""
    plain = _plain(text[:MAX_QUERY])
    quoted = {token for hit in _QUOTED.findall(plain) for token in tokens_of(hit)}
    weights: dict[str, float] = {}
    words: list[str] = []
    for token in tokens_of(plain):
        lowered = token.lower()
        words.append(stem(lowered))
        if lowered in STOP and token not in quoted:
            continue
        weight = _token_weight(token, is_quoted=token in quoted)
        for term in terms_of_token(token):
            weights[term] = max(weights.get(term, 0.0), weight)
    _add_joined(words, weights)
    _add_expansions(words, weights)
    kept = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MAX_TERMS]
    return dict(kept)


def _plain(text: str) -> str:
    text = _POWER.sub(_as_float, text)
    text = _GREEK_LETTER.sub(lambda hit: f" {_GREEK[hit.group()]} ", text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return _LATEX.sub(" ", text).replace("\\_", "_")


def _as_float(hit: re.Match[str]) -> str:
    return f" {hit.group(1) or '1'}e{hit.group(2).replace('−', '-')} "


def _token_weight(token: str, *, is_quoted: bool) -> float:
    if token[0].isdigit() or token[0] == ".":
        return DIGIT_WEIGHT if len(token) == 1 else 1.0
    return IDENTIFIER_WEIGHT if is_quoted or _IDENTIFIER.search(token) else 1.0


def _add_joined(words: list[str], weights: dict[str, float]) -> None:
    """`learning rate` also asks for the identifier learning_rate, whose whole is `learningrate`."""
    for first, second in pairwise(words):
        if first.isalpha() and second.isalpha() and first not in STOP and second not in STOP:
            weights.setdefault(first + second, JOINED_WEIGHT)


def _add_expansions(words: list[str], weights: dict[str, float]) -> None:
    for size in range(LONGEST_PHRASE, 0, -1):
        for start in range(len(words) - size + 1):
            for word in _PLAIN_EXPANSIONS.get(tuple(words[start : start + size]), ()):
                for term in terms_of_token(word):
                    weights.setdefault(term, EXPANSION_WEIGHT)
