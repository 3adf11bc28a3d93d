"""Calibration: who copies gold is in, who guesses is out, and only a run leads back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jobtwin.core.calibration import (
    CalibrationRun,
    CalibrationStatus,
    Cause,
    Rotation,
    calibration_status,
    drift,
    is_control,
)
from jobtwin.core.errors import BadInput
from jobtwin.core.gold import (
    GoldMark,
    Ruling,
    judge,
    require_fit,
    shortfall,
)
from jobtwin.core.statistic import Estimate
from tests.core.golds import (
    DIMENSIONS,
    GOLD,
    GOLD_SETS,
    MORE,
    Agreed,
    at,
    at_the_floor,
    copied,
    gold_set,
    inverted,
    noisy,
    off,
    run_of,
    seeded,
    wrong,
)
from tests.exams import STEPS

SEED = b"sixteen bytes ok"


def status(
    *runs: CalibrationRun, controls: list[GoldMark] | None = None, day: float = 1000
) -> CalibrationStatus:
    return calibration_status(runs=runs, controls=controls or [], now=at(day))


@settings(deadline=None, max_examples=50)
@given(GOLD_SETS)
def test_a_mentor_who_copies_gold_is_in(agreed: Agreed) -> None:
    assume(shortfall(agreed) is None)
    found = status(run_of(copied(agreed)))
    assert (found.rotation, found.cause) == (Rotation.IN, Cause.CALIBRATED)
    assert found.judgement is not None
    assert found.judgement.kappa == 1


@settings(deadline=None, max_examples=50)
@given(GOLD_SETS, st.data())
def test_whoever_is_within_the_tolerance_everywhere_is_in(agreed: Agreed, data: st.DataObject) -> None:
    assume(shortfall(agreed) is None)
    marks = [
        replace(
            mark, scores={one: off(mark.agreed, data.draw(st.integers(-2, 2)))[one] for one in DIMENSIONS}
        )
        for mark in copied(agreed)
    ]
    assert status(run_of(marks)).rotation is Rotation.IN


def test_a_random_mentor_is_out_with_high_probability() -> None:
    """Of 200 who draw every score, and 200 who draw one score a submission and use it throughout."""
    random, passed = seeded(3), {"every score": 0, "one score": 0}
    for _ in range(200):
        agreed = gold_set(random)
        one_each = [dict.fromkeys(DIMENSIONS, random.choice(STEPS)) for _ in agreed]
        every = [{one: random.choice(STEPS) for one in DIMENSIONS} for _ in agreed]
        for name, drawn in (("every score", every), ("one score", one_each)):
            marks = [replace(mark, scores=own) for mark, own in zip(copied(agreed), drawn, strict=True)]
            passed[name] += status(run_of(marks)).rotation is Rotation.IN
    assert passed["every score"] == 0
    assert passed["one score"] <= 10


@pytest.mark.parametrize("step", [4, 10, 15, 20])
def test_a_mentor_who_always_gives_the_same_score_is_out(step: int) -> None:
    marks = [replace(mark, scores=dict.fromkeys(DIMENSIONS, STEPS[step])) for mark in copied(GOLD)]
    found = status(run_of(marks))
    assert (found.rotation, found.cause) == (Rotation.OUT, Cause.BELOW_FLOOR)
    assert found.judgement is not None
    assert found.judgement.kappa == 0


@settings(deadline=None, max_examples=40)
@given(
    st.randoms(use_true_random=False), st.lists(st.sampled_from([0, 0, 1, 4, 99]), min_size=12, max_size=12)
)
def test_the_order_of_the_facts_does_not_matter(shuffle: Random, errors: list[int]) -> None:
    controls = [
        replace(mark, scores=off(mark.agreed, error) if error < 99 else inverted(mark.agreed))
        for mark, error in zip(copied(MORE + MORE[:2], day=20, prefix="c"), errors, strict=True)
    ]
    runs = [run_of(copied(GOLD)), run_of(copied(GOLD, day=20.055)), run_of(wrong(GOLD, day=40), missing=1)]
    expected = status(*runs, controls=controls)
    turned = []
    for one in runs:
        marks = list(one.marks)
        shuffle.shuffle(marks)
        turned.append(replace(one, marks=tuple(marks)))
    shuffle.shuffle(turned)
    shuffle.shuffle(controls)
    assert status(*turned, controls=controls) == expected


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 30))
def test_below_the_floor_is_out_however_good_the_controls_until_a_run_is_finished(good: int) -> None:
    failed = run_of(wrong(GOLD))
    controls = [replace(mark, at=at(2 + n)) for n, mark in enumerate(copied((MORE * 3)[:good], prefix="c"))]
    out = status(failed, controls=controls)
    assert (out.rotation, out.cause) == (Rotation.OUT, Cause.BELOW_FLOOR)
    again = copied(GOLD, day=50)
    open_run = status(failed, run_of(again, missing=1), controls=controls)
    assert (open_run.rotation, open_run.cause) == (Rotation.RECALIBRATING, Cause.BELOW_FLOOR)
    back = status(failed, run_of(again), controls=controls)
    assert (back.rotation, back.since) == (Rotation.IN, again[-1].at)


def test_a_mentor_without_a_run_is_out_and_with_an_open_one_on_the_way() -> None:
    assert status() == CalibrationStatus(Rotation.OUT, Cause.NEVER_CALIBRATED)
    assert status(controls=copied(MORE)).rotation is Rotation.OUT
    begun = status(run_of(copied(GOLD), missing=1))
    assert (begun.rotation, begun.cause) == (Rotation.RECALIBRATING, Cause.NEVER_CALIBRATED)


def test_a_mentor_who_drifts_is_out_from_the_control_that_shows_it() -> None:
    controls = copied(MORE[:5], day=10, prefix="a") + wrong(MORE, day=20, prefix="b")
    sure = [
        one
        for one in drift(controls)
        if one.judgement.ruling is Ruling.BELOW
        and isinstance(one.judgement.shown, Estimate)
        and one.judgement.shown.upper < 0.7
    ]
    moment = sure[0].end
    before = calibration_status(
        runs=[run_of(copied(GOLD))], controls=controls, now=moment - timedelta(microseconds=1)
    )
    assert before.rotation is Rotation.IN
    after = calibration_status(runs=[run_of(copied(GOLD))], controls=controls, now=moment)
    assert (after.rotation, after.cause, after.since) == (Rotation.OUT, Cause.DRIFTED, moment)
    back = status(run_of(copied(GOLD)), run_of(copied(GOLD, day=60)), controls=controls)
    assert back.rotation is Rotation.IN


def test_a_window_that_may_be_below_the_floor_by_chance_takes_nobody_out() -> None:
    """Kappa 0.65 from ten submissions: a run of them would fail, controls go on."""
    marks = [replace(mark, at=mark.at + timedelta(days=30)) for mark in at_the_floor(1)]
    last = drift(marks)[-1].judgement
    assert last.ruling is Ruling.BELOW
    assert status(run_of(copied(GOLD)), controls=marks).rotation is Rotation.IN
    assert status(run_of(marks)).rotation is Rotation.OUT


@pytest.mark.parametrize(("deviation", "out"), [(0.12, 0), (0.60, 10)])
def test_forty_controls_spare_who_is_good_and_find_who_is_not(deviation: float, out: int) -> None:
    random, found = seeded(4), 0
    for _ in range(10):
        agreed = [random.choice(GOLD + MORE) for _ in range(40)]
        controls = [
            replace(mark, scores=noisy(mark.agreed, random, deviation))
            for mark in copied(agreed, day=9, prefix="c")
        ]
        found += status(run_of(copied(GOLD)), controls=controls).rotation is Rotation.OUT
    assert found == out


def test_gold_that_came_back_counts_with_its_latest_mark_and_once_a_window() -> None:
    back = copied(GOLD, day=1) + wrong(GOLD, day=2)
    windows = drift(back)
    assert [one.judgement.submissions for one in windows] == [1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6]
    assert windows[-1].judgement == judge(wrong(GOLD, day=2))


def test_controls_before_the_run_that_led_back_are_forgotten() -> None:
    bad, few = wrong(MORE, day=10, prefix="b"), wrong(MORE[:5], day=30, prefix="c")
    found = status(run_of(copied(GOLD)), run_of(copied(GOLD, day=20)), controls=bad + few)
    assert found.rotation is Rotation.IN


def test_too_few_controls_take_nobody_out() -> None:
    assert status(run_of(copied(GOLD)), controls=wrong(MORE[:5], day=10)).rotation is Rotation.IN


def test_controls_older_than_the_window_do_not_count() -> None:
    bad = [replace(mark, at=at(10 + 60 * n)) for n, mark in enumerate(wrong(MORE))]
    assert status(run_of(copied(GOLD)), controls=bad).rotation is Rotation.IN


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 60))
def test_facts_after_now_do_not_exist(day: int) -> None:
    runs = [run_of(copied(GOLD, day=5)), run_of(copied(GOLD, day=40))]
    controls = wrong(MORE, day=20, prefix="c")
    known = [one for one in runs if one.finished_at is not None and one.finished_at <= at(day)]
    found = calibration_status(runs=runs, controls=controls, now=at(day))
    alone = calibration_status(
        runs=known, controls=[one for one in controls if one.at <= at(day)], now=at(day)
    )
    begun = Rotation.RECALIBRATING if day in {5, 40} else alone.rotation
    assert (found.rotation, found.cause) == (begun, alone.cause)


def test_gold_that_is_too_much_alike_decides_nothing_in_either_direction() -> None:
    alike: Agreed = [dict.fromkeys(DIMENSIONS, STEPS[15 + n % 2]) for n in range(6)]
    off_by_little = [replace(mark, scores=off(mark.agreed, 3)) for mark in copied(alike, day=10)]
    assert judge(off_by_little).ruling is Ruling.TOO_ALIKE
    assert status(run_of(off_by_little)).rotation is Rotation.OUT
    assert status(run_of(copied(GOLD)), run_of(off_by_little)).rotation is Rotation.IN
    with pytest.raises(BadInput, match="too much alike"):
        require_fit(alike)


def test_marks_of_other_submissions_do_not_finish_a_run() -> None:
    run = replace(run_of(copied(GOLD)), marks=tuple(copied(GOLD, prefix="other")))
    assert run.finished_at is None


def test_a_drift_window_ends_at_every_mark_and_holds_the_last_ten() -> None:
    windows = drift(copied(MORE, day=1, prefix="a") + copied(MORE, day=2, prefix="b"))
    assert [one.judgement.submissions for one in windows] == [*range(1, 11), *[10] * 10]
    assert windows[0].start == windows[0].end == at(1)
    assert windows[-1].start == at(2)


def test_a_tenth_of_the_work_is_controls() -> None:
    chosen = sum(is_control(f"s{n}", seed=SEED, share=Decimal("0.10")) for n in range(20_000))
    assert abs(chosen - 2000) < 4 * (20_000 * 0.1 * 0.9) ** 0.5


@given(st.text(), st.binary(min_size=16), st.decimals(0, 1, places=4))
def test_the_choice_is_the_same_every_time_and_grows_with_the_share(
    submission: str, seed: bytes, share: Decimal
) -> None:
    chosen = is_control(submission, seed=seed, share=share)
    assert chosen == is_control(submission, seed=seed, share=share)
    assert is_control(submission, seed=seed, share=Decimal(1))
    assert not is_control(submission, seed=seed, share=Decimal(0))
    assert is_control(submission, seed=seed, share=min(Decimal(1), share + Decimal("0.1"))) >= chosen


def test_another_seed_chooses_others_and_a_short_one_is_refused() -> None:
    ids = [f"s{n}" for n in range(500)]
    half = Decimal("0.5")
    one, other = ([is_control(i, seed=seed, share=half) for i in ids] for seed in (SEED, b"another " * 2))
    assert 150 < sum(a != b for a, b in zip(one, other, strict=True)) < 350
    with pytest.raises(ValueError, match="16 bytes"):
        is_control("s1", seed=b"short", share=half)
