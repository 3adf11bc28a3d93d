"""Runs every case on engines and prints the table of docs/verification.md.

python -m bench.verification.attacks [ENGINE ...]
"""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.attacks.bench import Bench
from tests.attacks.case import is_right
from tests.attacks.collect import all_cases


def main() -> None:
    """One row a group: how many cases, how many decided rightly by each engine, with which reasons."""
    names = sys.argv[1:] or ["bubblewrap"]
    cases = all_cases()
    counts = Counter(case.group for case in cases)
    reasons: dict[str, Counter[str]] = {group: Counter() for group in counts}
    right: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ.get("JOBTWIN_CACHE") or folder)
        for name in names:
            with Bench(cache, name) as bench:
                for case in cases:
                    result = bench.verify(case)
                    right[case.group, name] += is_right(case, result)
                    reasons[case.group][result.reason.value] += name == names[0]
    print(f"| group | cases | {' | '.join(names)} | answers |")
    print(f"|---|---|{'---|' * len(names)}---|")
    for group, cases_of_it in counts.items():
        answers = ", ".join(f"{reason} {count}" for reason, count in reasons[group].most_common())
        told = " | ".join(str(right[group, name]) for name in names)
        print(f"| {group} | {cases_of_it} | {told} | {answers} |")
    totals = " | ".join(str(sum(right[group, name] for group in counts)) for name in names)
    print(f"| all | {counts.total()} | {totals} | |")


if __name__ == "__main__":
    main()
