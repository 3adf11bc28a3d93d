"""Calibration: gold decides who may claim, its copies look like the rest, and controls come by chance."""

from datetime import timedelta

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def test_a_new_mentor_is_refused_marks_a_run_and_is_let_in() -> None:
    from jobtwin.core.calibration import Cause, Rotation
    from jobtwin.core.errors import Refused
    from jobtwin.services.calibration import open_run
    from jobtwin.store.models import CalibrationCase, Mark
    from jobtwin.store.queries.calibration import status_of
    from jobtwin.store.queries.mark import waiting_for
    from tests.host.gold import gold_set, sealed_like, waiting
    from tests.host.people import NOW, claimed, everybody

    people = everybody()
    work = waiting("ann@example.org")
    gold_set(people)
    with pytest.raises(Refused, match="not been calibrated") as refused:
        claimed(work, people.noor)
    assert refused.value.code == "out_of_rotation"
    open_run(mentor=people.noor, brief_id="small", now=NOW)
    with pytest.raises(Refused, match="open first"):
        open_run(mentor=people.noor, brief_id="small", now=NOW)
    assert waiting_for(people.noor).count() == 7
    assert waiting_for(people.kit).get() == work
    for case in CalibrationCase.objects.filter(mentor=people.noor):
        copy = case.submission
        assert (copy.commit, copy.checks.count()) == (work.commit, 2)
        sealed_like(copy, people.noor, case.gold.agreed["quality"])
    status = status_of(people.noor, "small", NOW + timedelta(days=1))
    assert (status.rotation, status.cause) == (Rotation.IN, Cause.CALIBRATED)
    assert claimed(work, people.noor, hours=30).seat == 1
    copies = Mark.objects.filter(submission__attempt__calibration=True, seat=1)
    assert copies.filter(submission__wanted_since=None, submission__first_claimed_at=None).count() == 6


def test_a_mentor_below_the_floor_is_out_and_another_run_leads_back() -> None:
    from jobtwin.core.errors import Refused
    from jobtwin.services.calibration import open_run
    from jobtwin.store.models import CalibrationCase
    from tests.host.gold import gold_set, sealed_like, waiting
    from tests.host.people import NOW, claimed, everybody

    people = everybody()
    work = waiting("ann@example.org")
    gold_set(people)
    open_run(mentor=people.noor, brief_id="small", now=NOW)
    for case in CalibrationCase.objects.all():
        sealed_like(case.submission, people.noor, "0.75")
    with pytest.raises(Refused, match="agreed too little"):
        claimed(work, people.noor, hours=30)
    again = open_run(mentor=people.noor, brief_id="small", now=NOW + timedelta(hours=31))
    for case in CalibrationCase.objects.filter(opening=again):
        sealed_like(case.submission, people.noor, case.gold.agreed["quality"], hours=32)
    assert claimed(work, people.noor, hours=40).seat == 1


def test_a_copy_that_was_given_back_does_not_keep_a_mentor_out_for_ever() -> None:
    from jobtwin.services.calibration import open_run
    from jobtwin.store.models import CalibrationCase, EndedClaim
    from jobtwin.store.queries.calibration import open_cases
    from tests.host.gold import gold_set
    from tests.host.people import NOW, everybody

    people = everybody()
    gold_set(people)
    open_run(mentor=people.noor, brief_id="small", now=NOW)
    for case in CalibrationCase.objects.all():
        EndedClaim.objects.create(
            submission=case.submission, mentor=people.noor, claimed_at=NOW, ended_at=NOW, ending="released"
        )
    assert open_cases(people.noor, "small") == 0
    open_run(mentor=people.noor, brief_id="small", now=NOW)
    assert open_cases(people.noor, "small") == 6


def test_without_a_gold_set_that_can_decide_everybody_marks() -> None:
    from jobtwin.core.errors import Refused
    from jobtwin.services.calibration import make_gold, open_run
    from tests.host.gold import decided, waiting
    from tests.host.people import NOW, claimed, everybody

    people = everybody()
    for place in range(6):
        alike = decided(f"gold{place}@example.org", "0.80", people.max)
        make_gold(submission=alike, operator=people.olga, now=NOW)
    assert claimed(waiting("ann@example.org"), people.noor).seat == 1
    with pytest.raises(Refused, match="not enough different"):
        open_run(mentor=people.noor, brief_id="small", now=NOW)


def test_only_signed_work_becomes_gold_and_only_once() -> None:
    from jobtwin.core.errors import BadInput, Conflict
    from jobtwin.services.calibration import make_gold, retire_gold
    from tests.host.gold import decided, waiting
    from tests.host.people import NOW, everybody

    people = everybody()
    with pytest.raises(BadInput, match="signed"):
        make_gold(submission=waiting("ann@example.org"), operator=people.olga, now=NOW)
    submission = decided("gold@example.org", "0.80", people.max)
    gold = make_gold(submission=submission, operator=people.olga, now=NOW)
    with pytest.raises(Conflict, match="already"):
        make_gold(submission=submission, operator=people.olga, now=NOW)
    retire_gold(gold=gold, now=NOW)
    assert make_gold(submission=submission, operator=people.olga, now=NOW).retired_at is None


def test_a_share_of_seals_brings_a_control_that_only_its_mentor_sees() -> None:
    from dataclasses import replace
    from decimal import Decimal

    from django.conf import settings
    from django.test import override_settings

    from jobtwin.core.gold import DEFAULT_POLICY
    from jobtwin.services.calibration import make_gold
    from jobtwin.store.models import Attempt, CalibrationCase, Programme
    from jobtwin.store.queries.mark import waiting_for
    from jobtwin.store.queries.operations import attempt_counts
    from tests.host.gold import decided, sealed_like, waiting
    from tests.host.people import NOW, everybody

    people = everybody()
    gold = make_gold(submission=decided("g@example.org", "0.80", people.max), operator=people.olga, now=NOW)
    works = [waiting(f"{name}@example.org") for name in ("ann", "ben")]
    always = replace(settings.JOBTWIN, calibration=replace(DEFAULT_POLICY, control_share=Decimal(1)))
    with override_settings(JOBTWIN=always):
        for work in works:
            sealed_like(work, people.noor, "0.80")
    case = CalibrationCase.objects.get()
    assert (case.gold, case.opening, case.mentor) == (gold, None, people.noor)
    assert waiting_for(people.noor).get() == case.submission
    assert case.submission not in waiting_for(people.kit)
    assert sum(attempt_counts(Programme.objects.all(), NOW).values()) == Attempt.objects.count() - 1
