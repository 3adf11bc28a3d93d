"""The fingerprint of what the guard's weights are made from in this tree: templates, and features of each.

Weights name it (`made_from`), so a template or a feature that changed after a training is noticed.
"""

import hashlib

from bench.guard.payloads import TEXTS
from jobtwin.review.scan.features import bucket, class_names, run_buckets, word_buckets
from jobtwin.review.scan.folding import fold
from jobtwin.review.scan.tokens import tokens_of


def fingerprint() -> str:
    """SHA-256 over every line of `texts` and the buckets it falls into."""
    found = hashlib.sha256()
    for path in sorted(TEXTS.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            found.update(line.encode())
            found.update(repr(buckets_of(line)).encode())
    return found.hexdigest()


def buckets_of(text: str) -> list[int]:
    """Buckets of all features of a text, in order."""
    tokens = tokens_of(fold(text))
    words = {one for token in tokens for one in word_buckets(token)}
    return sorted(words | run_buckets(tokens) | {bucket(name) for name in class_names(tokens)})
