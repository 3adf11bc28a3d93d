"""Measures the guard on texts and repositories kept apart from training, in one go.

    python -m bench.guard.heldout --repositories DIR [--weights FOLDER]

DIR holds one work tree a folder, named in heldout/repositories.txt. The sentences are our own; they and the
places in which payloads stand (`places.py`) were written before training was changed and never train.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

from bench.guard.corpus import read_lines, text_files
from bench.guard.measure import SEED, Scanned, limit_at, log_odds, scan_one, scanner_of, wilson
from bench.guard.places import DISGUISES, PLACES, put
from jobtwin.review.scan import Scanner
from jobtwin.review.scan.found import FLAGGED

HELD_OUT = Path(__file__).parent / "heldout"
SETS = ("payloads.txt", "payloads_second.txt")
"""The second is newer than the shipped weights and the templates: see docs/guard.md."""
EACH = 4
"""Files that every payload is put into, each of another kind."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A payload in a real file: its log-odds, and whether the best span touches the lines it stands on."""

    logit: float
    kind: str
    disguise: str
    place: str
    extension: str
    pointed: bool
    text: str


def lines_of_set(name: str) -> list[str]:
    return [line for line in (HELD_OUT / name).read_text(encoding="utf-8").splitlines() if line]


def payloads(name: str) -> list[tuple[str, str]]:
    """Pairs of kind and text."""
    split = (line.split("\t", 1) for line in lines_of_set(name))
    return [(kind, text.replace("\\n", "\n")) for kind, text in split]


def repositories(folder: Path, weights: Path | None) -> list[Scanned]:
    """Every repository of the list, scanned, two at once."""
    named = [line.split() for line in lines_of_set("repositories.txt")]
    tasks = [(folder / name, "held out", theme == "security", weights) for name, theme, _ in named]
    with Pool(2) as pool:
        return pool.map(scan_one, tasks, chunksize=1)


def placed(folders: Sequence[Path], scanner: Scanner, name: str) -> list[Placed]:
    """Every payload of a set in `EACH` files as written, and once in every disguise."""
    rng = random.Random(SEED)  # noqa: S311  repeatable, guards nothing
    by_kind: dict[str, list[Path]] = {}
    for folder in folders:
        for path in text_files(folder):
            if path.suffix[1:] in PLACES:
                by_kind.setdefault(path.suffix[1:], []).append(path)
    found = []
    for kind, text in payloads(name):
        for disguise, changed in DISGUISES.items():
            drawn = rng.sample(sorted(by_kind), EACH if disguise == "as written" else 1)
            for extension in drawn:
                path = rng.choice(by_kind[extension])
                lines, place, first, last = put(rng, read_lines(path), changed(rng, text), extension)
                one = scanner.file(f"x.{extension}", "\n".join(lines).encode("utf-8", "replace"))
                best = max(one.spans, key=lambda span: span.score, default=None)
                pointed = best is not None and best.line_start <= last and first <= best.line_end
                logit = log_odds(one.score)
                found.append(Placed(logit, kind, disguise, place, extension, pointed, text))
    return found


def report_texts(scanner: Scanner) -> None:
    for name in ("over_defence.txt", "benign.txt"):
        texts = [text.replace("\\n", "\n") for text in lines_of_set(name)]
        flagged = [text for text in texts if scanner.text(text) >= FLAGGED]
        print(f"{name}: right {wilson(len(texts) - len(flagged), len(texts))}")
    for name in SETS:
        texts = [text for _, text in payloads(name)]
        hits = sum(scanner.text(text) >= FLAGGED for text in texts)
        print(f"{name} as texts: flagged {wilson(hits, len(texts))}")


def report_repositories(found: Sequence[Scanned]) -> None:
    for theme in (False, True):
        group = [one for one in found if one.security is theme]
        flagged = [one.name for one in group if one.files and one.files[0][0] >= 0]
        print(f"{'security' if theme else 'ordinary'}: flagged {wilson(len(flagged), len(group))} {flagged}")
        files = [logit for one in group for logit, _, _ in one.files]
        print(f"  files flagged {wilson(sum(logit >= 0 for logit in files), len(files))}")


def report_placed(found: Sequence[Placed], limit: float, everything: float) -> None:
    plain = [one for one in found if one.disguise == "as written"]
    print(f"found at 1 % of ordinary files ({limit:.2f}): {_share(plain, limit)}")
    print(f"found at 1 % of all files ({everything:.2f}): {_share(plain, everything)}")
    print(f"flagged: {_share(plain, 0.0)}")
    hit = [one for one in plain if one.logit >= limit]
    print(
        f"best span on the payload's lines, of those found: {wilson(sum(o.pointed for o in hit), len(hit))}"
    )
    for name in ("kind", "place", "extension"):
        groups = sorted({getattr(one, name) for one in plain})
        shares = {g: [o.logit >= limit for o in plain if getattr(o, name) == g] for g in groups}
        print(f"by {name}:", {g: f"{sum(s)}/{len(s)}" for g, s in shares.items()})
    for disguise in DISGUISES:
        print(f"  {disguise}: {_share([one for one in found if one.disguise == disguise], limit)}")


def _share(found: Sequence[Placed], limit: float) -> str:
    return wilson(sum(one.logit >= limit for one in found), len(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    given = parser.parse_args()
    scanner = scanner_of(given.weights)
    report_texts(scanner)
    found = repositories(given.repositories, given.weights)
    report_repositories(found)
    ordinary = [one for one in found if not one.security]
    folders = [given.repositories / one.name for one in ordinary]
    for name in SETS:
        print(f"\n## {name}")
        report_placed(placed(folders, scanner, name), limit_at(ordinary, 0.01), limit_at(found, 0.01))


if __name__ == "__main__":
    main()
