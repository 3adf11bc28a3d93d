"""Runs every case on engines and prints the table of docs/verification.md.

python -m bench.verification.attacks RESULTS [--seconds N] [ENGINE ...]

Each result is a line of the file RESULTS as soon as it is known. A run goes on where the last one ended, and
stops before a case that would begin after `--seconds`; the table is that of the whole file.
"""

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.attacks.bench import Bench
from tests.attacks.case import Case, is_right
from tests.attacks.collect import all_cases


@dataclass(frozen=True)
class Answer:
    """What an engine said of a case, whether that is right, and how long it took."""

    engine: str
    group: str
    case: str
    reason: str
    right: bool
    seconds: float
    summary: str


def read(results: Path) -> list[Answer]:
    """What is known so far."""
    lines = results.read_text().splitlines() if results.exists() else []
    return [Answer(**json.loads(line)) for line in lines]


def answer(bench: Bench, case: Case) -> Answer:
    """One case, decided."""
    started = time.monotonic()
    result = bench.verify(case)
    seconds = round(time.monotonic() - started, 2)
    right = is_right(case, result)
    name, reason = bench.engine.name, result.reason.value
    return Answer(name, case.group, case.name, reason, right, seconds, result.summary)


def run(results: Path, engines: Sequence[str], cases: Sequence[Case], *, until: float) -> None:
    """Every case that an engine has not answered yet, until a moment of the monotonic clock."""
    known = {(one.engine, one.group, one.case) for one in read(results)}
    with tempfile.TemporaryDirectory() as folder, results.open("a") as file:
        cache = Path(os.environ.get("JOBTWIN_CACHE") or folder)
        for name in engines:
            with Bench(cache, name) as bench:
                for case in cases:
                    if (name, case.group, case.name) in known or time.monotonic() > until:
                        continue
                    told = answer(bench, case)
                    file.write(json.dumps(asdict(told)) + "\n")
                    file.flush()
                    if not told.right:
                        print(f"WRONG {told}", flush=True)


def table(answers: Sequence[Answer], groups: Iterable[str]) -> str:
    """One row a group: how many cases, how many each engine decided rightly, the first one's reasons."""
    engines = list(dict.fromkeys(one.engine for one in answers))
    rows = [f"| group | cases | {' | '.join(engines)} | answers |", f"|---|---|{'---|' * len(engines)}---|"]
    counts = Counter(groups)
    right = Counter((one.group, one.engine) for one in answers if one.right)
    for group, count in counts.items():
        reasons = Counter(one.reason for one in answers if (one.group, one.engine) == (group, engines[0]))
        told = " | ".join(str(right[group, name]) for name in engines)
        said = ", ".join(f"{reason} {times}" for reason, times in reasons.most_common())
        rows.append(f"| {group} | {count} | {told} | {said} |")
    totals = " | ".join(str(sum(right[group, name] for group in counts)) for name in engines)
    seconds = ", ".join(
        f"{name} {sum(one.seconds for one in answers if one.engine == name):.0f} s" for name in engines
    )
    return "\n".join([*rows, f"| all | {counts.total()} | {totals} | {seconds} |"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("engines", nargs="*")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    asked = parser.parse_intermixed_args()
    cases = all_cases()
    run(asked.results, asked.engines, cases, until=time.monotonic() + asked.seconds)
    print(table(read(asked.results), (case.group for case in cases)))


if __name__ == "__main__":
    main()
