"""The simulated exam: it keeps the order of things, and more verifiers never make it slower."""

from random import Random

from bench.simulate.model import HOUR, Figures, arrivals, needed, run

FIGURES = Figures()


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  a simulation


def test_half_submit_in_the_last_two_hours() -> None:
    instants = arrivals(2000, seeded(1))
    assert instants == sorted(instants)
    end = 14 * 24 * HOUR
    assert sum(1 for at in instants if at > end - 2 * HOUR) == 1000
    assert instants[-1] <= end


def test_nobody_waits_where_there_is_a_verifier_for_each() -> None:
    even = Figures(verify_spread=0.0, slow_share=0.0, fault_share=0.0)
    found = run(arrivals(200, seeded(1)), 2000, even, seeded(2))
    assert abs(found.longest - even.verify_seconds - even.queue_seconds) < 0.001
    assert found.longest_queue == 0


def test_the_fewest_verifiers_that_are_enough_are_found() -> None:
    instants = arrivals(2000, seeded(1))
    found = needed(instants, FIGURES, seed=3)
    assert found.p95 <= HOUR
    assert found.verifiers == 1 or run(instants, found.verifiers - 1, FIGURES, seeded(3)).p95 > HOUR
