"""Measures the guard on repositories and payloads while it is developed.

    python -m bench.guard.measure --repositories DIR --payloads FILE [FILE ...] [--weights FOLDER] [--show N]

DIR holds one work tree a folder, named in repositories.txt with its part: "develop" sets thresholds and is
read here, "background" trains. Each FILE has one payload a line. What is reported comes from `heldout`.
"""

import argparse
import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log, sqrt
from multiprocessing import Pool
from pathlib import Path

from bench.guard.carriers import CARRIERS, DISGUISES, embed
from bench.guard.corpus import read_lines, text_files
from bench.guard.trees import listed
from jobtwin.review.scan import Scanner, scan_path
from jobtwin.review.scan.found import SOFTNESS
from jobtwin.review.scan.model import HeadFacts, TextModel, text_model

SEED = 7


@dataclass(frozen=True, slots=True)
class Scanned:
    """A repository: log-odds above the threshold per file, highest first, with path and line."""

    name: str
    part: str
    security: bool
    files: list[tuple[float, str, int]]


def scanner_of(weights: Path | None) -> Scanner:
    """A scanner with the shipped weights, or with those of a folder."""
    return Scanner(text_model() if weights is None else load(weights))


def load(folder: Path) -> TextModel:
    facts = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    heads = [HeadFacts(one["scale"], one["bias"], one["threshold"]) for one in facts["heads"]]
    return TextModel(zlib.decompress((folder / "weights.bin").read_bytes()), (heads[0], heads[1]))


def log_odds(score: float) -> float:
    return -inf if score <= 0 else inf if score >= 1 else log(score / (1 - score)) * SOFTNESS


def scan_one(task: tuple[Path, str, bool, Path | None]) -> Scanned:
    folder, part, security, weights = task
    found = scan_path(folder, scanner_of(weights))
    best = [
        (log_odds(one.score), one.path, max(one.spans, key=lambda s: s.score).line_start if one.spans else 0)
        for one in found
    ]
    return Scanned(folder.name, part, security, sorted(best, reverse=True))


def scan_all(folder: Path, weights: Path | None, *, only: str = "") -> list[Scanned]:
    """Every repository below a folder (or only those of one part), two at once."""
    tasks = [(folder / one.name, one.part, one.theme == "security", weights) for one in listed()]
    with Pool(2) as pool:
        return pool.map(scan_one, [task for task in tasks if only in task[1]], chunksize=1)


def wilson(hits: int, of: int) -> str:
    """A share with its 95 % Wilson interval."""
    if of == 0:
        return "-"
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{share:.3f} [{max(0, middle - half):.3f}, {min(1, middle + half):.3f}] ({hits}/{of})"


def limit_at(repositories: Sequence[Scanned], share: float) -> float:
    """The log-odds that `share` of all files of clean repositories exceed."""
    every = sorted((logit for one in repositories for logit, _, _ in one.files), reverse=True)
    return every[int(len(every) * share)]


def embedded_scores(
    folders: list[Path], payloads: list[str], scanner: Scanner, *, disguise: str = "", each: int = 3
) -> list[tuple[float, str, str]]:
    """Log-odds, extension and payload of files that hold one payload each."""
    rng = random.Random(SEED)  # noqa: S311  repeatable, guards nothing
    files = [path for folder in folders for path in text_files(folder) if path.suffix[1:] in CARRIERS]
    by_kind: dict[str, list[Path]] = {}
    for path in files:
        by_kind.setdefault(path.suffix[1:], []).append(path)
    found = []
    for payload in payloads:
        for _ in range(each):
            extension = rng.choice(sorted(by_kind))
            path = rng.choice(by_kind[extension])
            text = DISGUISES[disguise](rng, payload) if disguise else payload
            changed, _, _ = embed(rng, read_lines(path), text, extension)
            result = scanner.file(f"x.{extension}", "\n".join(changed).encode("utf-8", "replace"))
            found.append((log_odds(result.score), extension, payload))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--payloads", type=Path, nargs="+", required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--disguises", action="store_true")
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    found = scan_all(given.repositories, given.weights, only="develop")
    for part in ("develop",):
        ordinary = [one for one in found if one.part == part and not one.security]
        security = [one for one in found if one.part == part and one.security]
        print(f"\n## {part}: {len(ordinary)} ordinary, {len(security)} security-themed")
        for name, group in (("ordinary", ordinary), ("security", security)):
            flagged = [one.name for one in group if one.files and one.files[0][0] >= 0]
            print(f"repositories flagged, {name}: {wilson(len(flagged), len(group))} {flagged}")
            tops = sorted((round(one.files[0][0], 1), one.name) for one in group if one.files)[::-1][:10]
            print("  highest", tops)
        files = [logit for one in ordinary for logit, _, _ in one.files]
        print("files flagged, ordinary:", wilson(sum(logit >= 0 for logit in files), len(files)))
        for path in given.payloads:
            payloads = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
            print(f"### {path.name}: {len(payloads)} payloads, each in three files")
            report_embedded(found, part, payloads, given)
    if given.show:
        shown = sorted(
            ((f, one.name) for one in found if one.part == "develop" for f in one.files[:6]), reverse=True
        )
        for (logit, path, line), name in shown[: given.show]:
            print(round(logit, 2), name, path, line)


def report_embedded(found: list[Scanned], part: str, payloads: list[str], given: argparse.Namespace) -> None:
    ordinary = [one for one in found if one.part == part and not one.security]
    limit = limit_at(ordinary, 0.01)
    everything = limit_at([one for one in found if one.part == part], 0.01)
    folders = [given.repositories / one.name for one in ordinary]
    scanner = scanner_of(given.weights)
    scores = embedded_scores(folders, payloads, scanner)
    n = len(scores)
    print(f"embedded, at 1 % of files ({limit:.2f}): {wilson(sum(s >= limit for s, _, _ in scores), n)}")
    print(
        f"  with security files ({everything:.2f}): {wilson(sum(s >= everything for s, _, _ in scores), n)}"
    )
    print(f"  flagged: {wilson(sum(s >= 0 for s, _, _ in scores), n)}")
    print("  found at", {cut: round(sum(s >= cut for s, _, _ in scores) / n, 2) for cut in range(-8, 4)})
    kinds: dict[str, list[float]] = {}
    for score, extension, _ in scores:
        kinds.setdefault(extension, []).append(score)
    print("  by kind", {k: f"{sum(s >= limit for s in v)}/{len(v)}" for k, v in sorted(kinds.items())})
    if given.disguises:
        for disguise in DISGUISES:
            some = embedded_scores(folders, payloads, scanner, disguise=disguise, each=1)
            print(f"  {disguise}: {wilson(sum(s >= limit for s, _, _ in some), len(some))}")


if __name__ == "__main__":
    main()
