"""python -m bench.simulate [--learners 100000]: a table for docs/benchmarks.md."""

import argparse
import random

from bench.simulate.model import HOUR, Figures, Outcome, arrivals, needed, run

SEED = 11


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--verify-seconds", type=float, default=Figures.verify_seconds)
    asked = parser.parse_args()
    figures = Figures(verify_seconds=asked.verify_seconds)
    instants = arrivals(asked.learners, random.Random(SEED))  # noqa: S311  a simulation
    fewest = needed(instants, figures, seed=SEED)
    print("| verifiers (one core each) | p50 to facts | p95 | longest | longest queue | dollars |")
    print("|---|---|---|---|---|---|")
    for share in (0.5, 1.0, 1.5, 2.0):
        count = max(1, round(fewest.verifiers * share))
        _row(run(instants, count, figures, random.Random(SEED)))  # noqa: S311  a simulation
    _load(instants, asked.learners, figures)


def _row(one: Outcome) -> None:
    minutes = [f"{value / 60:.0f} min" for value in (one.p50, one.p95, one.longest)]
    print(f"| {one.verifiers} | {' | '.join(minutes)} | {one.longest_queue} | {one.dollars:.0f} |")


def _load(instants: list[float], learners: int, figures: Figures) -> None:
    """What web and database get in the busiest minute."""
    last = instants[-1]
    busiest = max(sum(1 for at in instants if last - 60 * (n + 1) < at <= last - 60 * n) for n in range(30))
    open_ones = sum(1 for at in instants if at > last - 2 * HOUR)
    requests = open_ones * figures.requests_a_learner_minute / 60
    print(f"\nbusiest minute: {busiest} submissions ({busiest / 60:.0f} a second); {learners} learners")
    print(f"requests: {requests:.0f} a second, {requests * figures.request_cpu_seconds:.0f} cores of web")


if __name__ == "__main__":
    main()
