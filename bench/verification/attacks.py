"""Runs every case and prints the table of docs/verification.md.

python -m bench.verification.attacks
"""

import tempfile
from collections import Counter
from pathlib import Path

from tests.attacks.bench import Bench
from tests.attacks.collect import all_cases


def main() -> None:
    """One row a group: how many cases, how many decided rightly, with which reasons."""
    reasons: dict[str, Counter[str]] = {}
    right: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder)) as bench:
        for case in all_cases():
            result = bench.verify(case)
            reasons.setdefault(case.group, Counter())[result.reason.value] += 1
            right[case.group] += result.reason in {case.reason, *case.also}
    print("| group | cases | decided rightly | answers |\n|---|---|---|---|")
    for group, counts in reasons.items():
        answers = ", ".join(f"{reason} {count}" for reason, count in counts.most_common())
        print(f"| {group} | {counts.total()} | {right[group]} | {answers} |")
    print(f"| all | {sum(one.total() for one in reasons.values())} | {right.total()} | |")


if __name__ == "__main__":
    main()
