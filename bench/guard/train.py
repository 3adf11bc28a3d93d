"""Trains the guard's two heads and writes weights.bin and weights.json.

    python -m bench.guard.train --rows dev.jsonl --repositories TREES --into FOLDER [--without SOURCE ...]

TREES holds one work tree a folder, as `bench.guard.trees` lays them out; those of part "background" train.
The rows of `MEASURE_ONLY` never train. Thresholds are set afterwards, by `bench.guard.thresholds`.
Run with one thread (OMP_NUM_THREADS=1): the same inputs then give the same bytes (docs/guard-card.md).
"""

import argparse
import hashlib
import json
import random
import zlib
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from bench.guard import benign, languages
from bench.guard.carriers import embed
from bench.guard.corpus import Row, background, rows, windows
from bench.guard.fingerprint import fingerprint
from bench.guard.payloads import FAMILIES, payloads
from bench.guard.recipe import digest_of, recipe
from bench.guard.trees import listed
from bench.guard.vectors import vectors
from jobtwin.review.scan.folding import fold
from jobtwin.review.scan.tokens import tokens_of
from jobtwin.review.scan.windows import readable, units_of, windows_of

MEASURE_ONLY = frozenset({"wildguard", "deepset"})
SEED = 20261123
"""Of every draw: the same rows, background and templates give the same weights."""
HARDEST = 15_000
"""Windows of the background that join the negatives in each round, those that are mistaken most."""
Files = list[tuple[str, list[str]]]


def steering(rng: random.Random, count: int, families: tuple[str, ...]) -> list[str]:
    """Texts that try to steer a grader: a third in other languages, where these are not left out."""
    abroad = count // 3 if "translated" in families else 0
    found = [text for _, text in payloads(rng, count - abroad, families)]
    return found + [languages.payload(rng) for _ in range(abroad)]


def embedded(rng: random.Random, files: Files, texts: list[str]) -> list[str]:
    """Windows that hold at least half of a text, from texts put into pieces of real files."""
    found = []
    for text in texts:
        extension, lines = rng.choice(files)
        at = rng.randrange(max(1, len(lines) - 12))
        changed, first, last = embed(rng, lines[at : at + 12], text, extension)
        wanted = set(tokens_of(fold(text)))
        for window in windows_of(changed):
            if window.line_end < first or window.line_start > last:
                continue
            if len(wanted & set(tokens_of(window.folded))) * 2 >= len(wanted):
                found.append(window.folded)
    return found


def pieces(text: str) -> list[str]:
    """Folded pieces of a text as the TEXT head reads them."""
    flat = " ".join(text.split("\n"))
    return [fold(readable(piece)) for _, piece in units_of([flat], max_line=20_000)]


def fit(positive: list[str], negative: list[str], *, strength: float, mine: list[str]) -> LogisticRegression:
    """A head; `mine` are further negatives of which the hardest join for a second and third round."""
    chosen = list(negative)
    x_positive, pool = vectors(positive), vectors(mine) if mine else None
    taken = np.zeros(len(mine), dtype=bool)
    head = LogisticRegression(C=strength, max_iter=200, class_weight="balanced")
    for turn in range(4 if mine else 1):
        parts = [x_positive, vectors(chosen)]
        if pool is not None and taken.any():
            parts.append(pool[taken])
        x = vstack(parts, format="csr")
        y = np.zeros(x.shape[0])
        y[: len(positive)] = 1
        with threadpool_limits(1):
            head.fit(x, y)
        if pool is not None and turn < 3:
            hard = np.argsort(-head.decision_function(pool))[:HARDEST]
            taken[hard] = True
            print(
                f"round {turn}: {x.shape}, hardest {head.decision_function(pool)[hard[:3]].round(2)}",
                flush=True,
            )
    return head


def train_file_head(rng: random.Random, files: Files, families: tuple[str, ...]) -> LogisticRegression:
    """Grader-aimed payloads in files against the windows of files without them."""
    positive = embedded(rng, files, steering(rng, 20_000, families))
    positive += [fold(text) for text in steering(rng, 9000, families)]
    own = benign.texts(rng, benign.DOCS_HARD, 4000) + benign.texts(rng, benign.PROMPTS_HARD, 3000)
    own += benign.texts(rng, benign.LISTS_HARD, 1500) + benign.with_triggers(rng, 8000)
    own += [languages.harmless(rng) for _ in range(4000)]
    negative = [fold(text) for text in own]
    mine = [window for _, lines in files for window in sampled(rng, windows(lines), 25)]
    negative += rng.sample(mine, min(12_000, len(mine)))
    return fit(positive, negative, strength=1.0, mine=mine)


def train_text_head(
    rng: random.Random, files: Files, given: list[Row], families: tuple[str, ...]
) -> LogisticRegression:
    """Injections of any aim against requests and prose."""
    positive = [piece for row in given if row.label for piece in pieces(row.text)[:3]] * 2
    positive += [fold(text) for text in benign.texts(rng, benign.GENERAL_ATTACKS, 5000)]
    positive += [fold(text) for text in steering(rng, 6000, families)]
    negative = [piece for row in given if not row.label for piece in pieces(row.text)] * 3
    negative += [fold(text) for text in benign.texts(rng, benign.LISTS_HARD, 5000)]
    negative += [fold(text) for text in benign.texts(rng, benign.DOCS_HARD, 2500)]
    negative += [fold(text) for text in benign.texts(rng, benign.PROMPTS_HARD, 1500)]
    negative += [fold(text) for text in benign.with_triggers(rng, 12_000)]
    negative += [fold(languages.harmless(rng)) for _ in range(4000)]
    prose = [lines for extension, lines in files if extension in {"md", "mdx", "rst", "txt", ""}]
    mine = [
        fold(line) for lines in prose for line in sampled(rng, [one for one in lines if len(one) > 30], 20)
    ]
    negative += rng.sample(mine, min(6000, len(mine)))
    return fit(positive, negative, strength=0.5, mine=mine)


def sampled(rng: random.Random, listed: list[str], most: int) -> list[str]:
    return listed if len(listed) <= most else rng.sample(listed, most)


def sources(given: list[Row], files: Files) -> dict[str, str]:
    """Digests of all that weights are made from: equal ones are to give equal bytes."""
    return {"texts_and_features": fingerprint(), "recipe": recipe(), "data": digest_of(files, given)}


def write(
    heads: list[LogisticRegression], into: Path, trained_on: list[str], made_from: dict[str, str]
) -> None:
    """Bytes of both heads, packed, and their facts; a threshold of 0 until one is set."""
    facts, raw = [], b""
    for head in heads:
        weights = head.coef_[0]
        scale = float(np.quantile(np.abs(weights), 0.99999)) / 127
        raw += np.clip(np.rint(weights / scale), -127, 127).astype(np.int8).tobytes()
        facts.append({"scale": scale, "bias": float(head.intercept_[0]), "threshold": 0.0})
    packed = zlib.compress(raw, 9)
    into.mkdir(parents=True, exist_ok=True)
    (into / "weights.bin").write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    document = {"sha256": digest, "heads": facts, "made_from": made_from, "trained_on": trained_on}
    (into / "weights.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{len(packed)} bytes, {digest}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--without", nargs="*", default=[], help="sources or families left out")
    parser.add_argument("--text-only", action="store_true", help="both heads are the TEXT head")
    parser.add_argument("--files", type=int, default=20_000)
    given = parser.parse_args()
    left_out = MEASURE_ONLY | set(given.without)
    families = tuple(name for name in (*FAMILIES, "translated") if name not in left_out)
    training = [row for row in rows(given.rows) if row.source not in left_out]
    folders = [given.repositories / one.name for one in listed() if one.part == "background"]
    files = background(sorted(folders), drawn("background"), files=given.files)
    print(f"{len(files)} background files, families {families}", flush=True)
    with Pool(2) as pool:
        text = pool.apply_async(train_text_head, (drawn("text"), files, training, families))
        file = (
            text if given.text_only else pool.apply_async(train_file_head, (drawn("file"), files, families))
        )
        heads = [file.get(), text.get()]
    trained_on = [*sorted({row.source for row in training}), *families, "benign"]
    write(heads, given.into, trained_on, sources(training, files))


def drawn(part: str) -> random.Random:
    """Chance of one part of the training, the same every time and whatever the other parts draw."""
    return random.Random(f"{SEED} {part}")  # noqa: S311  repeatable, guards nothing


if __name__ == "__main__":
    main()
