"""Hit rates of the evidence engine and of plain BM25 against gold lines.

    python -m bench.evidence.run REPOSITORY GOLD.jsonl [REPOSITORY GOLD.jsonl ...]

A line of a gold file: `{"id", "text", "spans": [{"path", "line_start", "line_end"}]}`, or `"files"`
instead of `"spans"` where only whole files are known. A file is hit where one of the first k spans is in
a gold file; a line is hit where one overlaps a gold span, give or take three lines.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.evidence.baseline import Bm25
from bench.evidence.trees import read_commit
from jobtwin.core.evidence import ScoredSpan
from jobtwin.review.index import EvidenceIndex

Search = Callable[[str], tuple[ScoredSpan, ...]]
Gold = dict[str, object]
SLACK = 3


def read_gold(path: Path) -> Iterator[tuple[str, set[str], list[tuple[str, int, int]]]]:
    """`(text, gold files, gold spans)` of every item that has gold."""
    for row in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(row)
        spans = [(s["path"], s["line_start"], s["line_end"]) for s in item.get("spans", [])]
        files = {name for name, _, _ in spans} | set(item.get("files", []))
        if files:
            yield item["text"], files, spans


def measure(search: Search, gold: Path, *, misses: bool = False) -> dict[str, float]:
    """Hit rates and the mean reciprocal rank of the first gold file."""
    hits = {"file@1": 0, "file@5": 0, "file@10": 0, "line@5": 0, "line@10": 0}
    reciprocal, count, slowest = 0.0, 0, 0.0
    for text, files, spans in read_gold(gold):
        started = time.perf_counter()
        found = search(text)
        slowest = max(slowest, time.perf_counter() - started)
        ranks = [rank for rank, hit in enumerate(found, 1) if hit.span.path in files]
        lines = [rank for rank, hit in enumerate(found, 1) if _overlaps(hit, spans)]
        for name in hits:
            kind, _, limit = name.partition("@")
            hits[name] += any(rank <= int(limit) for rank in (ranks if kind == "file" else lines))
        reciprocal += 1 / ranks[0] if ranks else 0
        count += 1
        if misses and not (lines if spans else ranks):
            print("   miss:", text[:110], sorted(files)[:2], [h.span.path for h in found[:3]])
    rates = {name: number / count for name, number in hits.items()}
    return {"items": count, **rates, "mrr": reciprocal / count, "slowest_ms": slowest * 1000}


def _overlaps(hit: ScoredSpan, spans: list[tuple[str, int, int]]) -> bool:
    span = hit.span
    return any(
        span.path == path and span.line_start <= end + SLACK and start - SLACK <= span.line_end
        for path, start, end in spans
    )


def main(arguments: list[str]) -> None:
    misses = "--misses" in arguments
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")]
    for repository, gold in zip(paths[::2], paths[1::2], strict=True):
        tree = read_commit(repository)
        started = time.process_time()
        index = EvidenceIndex.build(tree)
        seconds = time.process_time() - started
        rate = index.cells.bytes_indexed / seconds / 1e6
        print(f"{gold.stem}: {rate:.1f} MB/s, {len(index.cells.cells)} cells")
        for name, search in (("bm25", Bm25(tree).search), ("engine", index.search)):
            rates = measure(search, gold, misses=misses and name == "engine")
            print(f"  {name:7}", " ".join(f"{key} {value:.3g}" for key, value in rates.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
