"""The exam as discrete events: submissions arrive, wait for a verifier, are verified, reviewed, ready."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass

HOUR = 3600.0


@dataclass(frozen=True)
class Figures:
    """What was measured, in seconds unless the name says otherwise; docs/benchmarks.md says where.

    `verify_seconds` and its spread are of the packaged sample with all checks on one core, 17 of them for
    what F1 spends after its verdict (5 in all under JOBTWIN_AFTER_CPU_SECONDS=0);
    `slow_share` of submissions take `slow_factor` times as long; `fault_share` of workers' jobs are cut off
    and begin again elsewhere after `takeover_seconds`.
    """

    verify_seconds: float = 22.0
    verify_spread: float = 0.35
    slow_share: float = 0.03
    slow_factor: float = 12.0
    queue_seconds: float = 0.007
    fault_share: float = 0.002
    takeover_seconds: float = 10.0
    requests_a_learner_minute: float = 1.2
    request_cpu_seconds: float = 0.0056
    dollars_a_worker_hour: float = 0.05


@dataclass(frozen=True)
class Outcome:
    """What a number of verifiers gives: quantiles of seconds from submission to facts, and their cost."""

    verifiers: int
    p50: float
    p95: float
    longest: float
    longest_queue: int
    dollars: float


def arrivals(learners: int, rng: random.Random, *, days: float = 14.0) -> list[float]:
    """Instants of submission in seconds up to the deadline: half in the last two hours, ever more of them
    towards its end; the others are spread over the second week."""
    window = days * 24 * HOUR
    late = [window - rng.betavariate(1, 3) * 2 * HOUR for _ in range(learners // 2)]
    early = [window - 2 * HOUR - rng.random() * 7 * 24 * HOUR for _ in range(learners - learners // 2)]
    return sorted(late + early)


def service(figures: Figures, rng: random.Random) -> float:
    """One verification, with its queue overhead and, rarely, a worker that died under it."""
    took = figures.verify_seconds * rng.lognormvariate(0, figures.verify_spread)
    if rng.random() < figures.slow_share:
        took *= figures.slow_factor
    if rng.random() < figures.fault_share:
        took += rng.random() * took + figures.takeover_seconds
    return took + figures.queue_seconds


def run(instants: Sequence[float], verifiers: int, figures: Figures, rng: random.Random) -> Outcome:
    """First come, first served over `verifiers` single-core workers that are there for the last six hours (a
    tenth of them, at least one, before)."""
    few = max(1, verifiers // 10)
    all_from = instants[-1] - 6 * HOUR
    free = [0.0] * few
    heapq.heapify(free)
    grown = False
    waits: list[float] = []
    running: list[float] = []
    longest_queue = 0
    for at in instants:
        if not grown and at >= all_from:
            for _ in range(verifiers - few):
                heapq.heappush(free, all_from)
            grown = True
        begun = max(at, heapq.heappop(free))
        ended = begun + service(figures, rng)
        heapq.heappush(free, ended)
        waits.append(ended - at)
        while running and running[0] <= at:
            heapq.heappop(running)
        if begun > at:
            heapq.heappush(running, begun)
        longest_queue = max(longest_queue, len(running))
    waits.sort()
    hours = verifiers * (6 * HOUR + max(0.0, max(free) - instants[-1])) / HOUR + few * 14 * 24
    return Outcome(
        verifiers, waits[len(waits) // 2], waits[int(len(waits) * 0.95)], waits[-1], longest_queue,
        hours * figures.dollars_a_worker_hour,
    )  # fmt: skip


def needed(instants: Sequence[float], figures: Figures, *, seed: int, goal: float = HOUR) -> Outcome:
    """The fewest verifiers whose p95 is below `goal`, by halving."""
    low, high = 1, len(instants)
    while low < high:
        middle = (low + high) // 2
        if run(instants, middle, figures, random.Random(seed)).p95 <= goal:  # noqa: S311  a simulation
            high = middle
        else:
            low = middle + 1
    return run(instants, low, figures, random.Random(seed))  # noqa: S311  a simulation
