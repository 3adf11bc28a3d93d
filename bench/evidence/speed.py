"""What an index costs: its speed, by a pool, from the cache, its queries, and 100,000 files.

    python -m bench.evidence.speed [REPOSITORY ...]

Without repositories the standard library of this Python is read. Queries are the criteria of the capstone.
"""

import multiprocessing
import resource
import statistics
import sys
import sysconfig
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.evidence.trees import read_commit
from jobtwin.review.cell_index import Mapper, analyse
from jobtwin.review.index import EvidenceIndex, FileAnalysis
from jobtwin.source.brief import built_in_brief
from jobtwin.source.tree import MemoryTree

MANY = 100_000
WORKERS = 2
CHUNK = 64
LIBRARY_BYTES = 12_000_000


def main(arguments: list[str]) -> None:
    """Prints two tables in Markdown."""
    trees = {Path(one).parent.name.partition("+")[2] or one: read_commit(Path(one)) for one in arguments}
    print("| tree | files | MB | CPU s | MB a second and core | wall s | wall s, pool | from the cache s |")
    print("|---|---|---|---|---|---|---|---|")
    indexes = [(name, _measured(name, tree)) for name, tree in (trees or {"this Python": library()}).items()]
    indexes.append((f"{MANY} files made by code", _measured(f"{MANY} files made by code", many_files(MANY))))
    print("\n| tree | cells | query ms, median | query ms, slowest | asked again, median |")
    print("|---|---|---|---|---|")
    for name, index in indexes:
        print(f"| {name} | {len(index.cells.cells)} | {_queries(index)} |")
    print(f"\npeak of memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def library() -> MemoryTree:
    """Python files of the standard library, the first of them by path."""
    root = Path(sysconfig.get_paths()["stdlib"])
    found: dict[str, bytes] = {}
    for path in sorted(root.rglob("*.py")):
        if "site-packages" not in path.parts and sum(map(len, found.values())) < LIBRARY_BYTES:
            found[path.relative_to(root).as_posix()] = path.read_bytes()
    return MemoryTree(found)


def many_files(count: int) -> MemoryTree:
    """A tree of small modules, a thousand a folder, whose names and words differ."""
    return MemoryTree(
        {
            f"src/part{n // 1000}/module{n}.py": (
                f'"""Orders of depot {n}."""\n\nLIMIT_{n} = {n}\n\n\n'
                f"def handle_order_{n}(request, queue):\n"
                f"    if request.size > LIMIT_{n}:\n        raise ValueError('too large for depot {n}')\n"
                f"    return queue.put(request, timeout={n % 60})\n"
            ).encode()
            for n in range(count)
        }
    )


def _measured(name: str, tree: MemoryTree) -> EvidenceIndex:
    cache: dict[tuple[str, str], FileAnalysis] = {}
    begun, cpu = time.perf_counter(), time.process_time()
    index = EvidenceIndex.build(tree, cache=cache)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("forkserver")) as pool:
        list(pool.map(analyse, (), (), ()))
        begun = time.perf_counter()
        EvidenceIndex.build(tree, mapper=_by(pool))
        pooled = time.perf_counter() - begun
    begun = time.perf_counter()
    EvidenceIndex.build(tree, cache=cache)
    again = time.perf_counter() - begun
    size = index.cells.bytes_indexed / 1e6
    row = (len(index.cells.paths), f"{size:.1f}", f"{cpu:.1f}", f"{size / cpu:.1f}")
    print(
        f"| {name} |", " | ".join(map(str, row)), f"| {wall:.1f} | {pooled:.1f} | {again:.1f} |", flush=True
    )
    return index


def _by(pool: ProcessPoolExecutor) -> Mapper:
    return lambda *given: pool.map(*given, chunksize=CHUNK)


def _queries(index: EvidenceIndex) -> str:
    texts = [one.text for one in built_in_brief("capstone").criteria()]
    first, again = ([_milliseconds(index, text) for text in texts] for _ in range(2))
    return f"{statistics.median(first):.1f} | {max(first):.1f} | {statistics.median(again):.1f}"


def _milliseconds(index: EvidenceIndex, text: str) -> float:
    begun = time.perf_counter()
    index.search(text)
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    main(sys.argv[1:])
