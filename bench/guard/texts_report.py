"""Measures plain texts: share flagged by source and label, with intervals.

python -m bench.guard.texts_report --rows dev.jsonl [--weights FOLDER] [--only SOURCE ...]
"""

import argparse
from pathlib import Path

from bench.guard.corpus import rows
from bench.guard.measure import scanner_of, wilson
from jobtwin.review.scan.found import FLAGGED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    scanner = scanner_of(given.weights)
    flags: dict[tuple[str, int], list[bool]] = {}
    for row in rows(given.rows):
        if not given.only or row.source in given.only:
            flags.setdefault((row.source, row.label), []).append(scanner.text(row.text) >= FLAGGED)
    for (source, label), listed in sorted(flags.items()):
        right = sum(flag == bool(label) for flag in listed)
        print(f"{source}, {'injections' if label else 'benign'}: right {wilson(right, len(listed))}")


if __name__ == "__main__":
    main()
