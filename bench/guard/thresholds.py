"""Sets the two thresholds of trained weights, on development data only.

    python -m bench.guard.thresholds --weights FOLDER --repositories DIR

FILE: above every ordinary repository of the "develop" half (so: at most 2 % of clean repositories), by
`MARGIN`. TEXT: the log-odds that `SHARE` of the sentences in the prose of the same repositories exceed.
"""

import argparse
import json
import random
from pathlib import Path

from bench.guard.corpus import read_lines, text_files
from bench.guard.measure import SEED, load, scan_all
from jobtwin.review.scan.folding import fold
from jobtwin.review.scan.model import Head
from jobtwin.review.scan.windows import readable

MARGIN = 1.5
SHARE = 0.004
PROSE = {".md", ".rst", ".txt"}


def prose_of(folders: list[Path], rng: random.Random, *, each: int) -> list[str]:
    """Lines of prose, folded, at most `each` of a repository."""
    found: list[str] = []
    for folder in folders:
        lines = [line for path in text_files(folder) if path.suffix in PROSE for line in read_lines(path)]
        long = [line for line in lines if 30 <= len(line) <= 400]
        found.extend(fold(readable(line)) for line in rng.sample(long, min(each, len(long))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--repositories", type=Path, required=True)
    given = parser.parse_args()
    develop = [one for one in scan_all(given.repositories, given.weights, only="develop") if not one.security]
    highest = max(one.files[0][0] for one in develop if one.files)
    model = load(given.weights)
    rng = random.Random(SEED)  # noqa: S311  repeatable, guards nothing
    prose = prose_of([given.repositories / one.name for one in develop], rng, each=400)
    logits = sorted((model.logit(line, Head.TEXT) for line in prose), reverse=True)
    path = given.weights / "weights.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["heads"][Head.FILE]["threshold"] += round(highest + MARGIN, 3)
    facts["heads"][Head.TEXT]["threshold"] += round(logits[int(len(logits) * SHARE)], 3)
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    print(f"{len(develop)} repositories, {len(prose)} lines:", [head["threshold"] for head in facts["heads"]])


if __name__ == "__main__":
    main()
