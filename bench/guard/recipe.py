"""What weights are made of, as digests: so that a change without a new training, or other data, is seen."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bench.guard.corpus import Row

ROOT = Path(__file__).parents[2]
RECIPE = (
    "bench/guard/texts/*.txt", "bench/guard/repositories.txt", "bench/guard/benign.py",
    "bench/guard/carriers.py", "bench/guard/corpus.py", "bench/guard/languages.py",
    "bench/guard/payloads.py", "bench/guard/vectors.py",
    "src/jobtwin/review/scan/cues.txt", "src/jobtwin/review/scan/phrases.txt",
)  # fmt: skip
"""Files of this repository whose contents decide the weights, beside the code of the features."""


def recipe() -> str:
    """SHA-256 of the recipe's files, by name."""
    whole = hashlib.sha256()
    for path in sorted(path for pattern in RECIPE for path in ROOT.glob(pattern)):
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def digest_of(files: Sequence[tuple[str, list[str]]], given: Sequence[Row]) -> str:
    """SHA-256 of the texts that are not in this repository, in the order in which they train."""
    whole = hashlib.sha256()
    for extension, lines in files:
        whole.update("\n".join([extension, *lines, "\0"]).encode("utf-8", "surrogatepass"))
    for row in given:
        whole.update(f"{row.label} {row.source} {row.text}\0".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()
