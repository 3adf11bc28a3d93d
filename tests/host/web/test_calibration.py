"""Calibration and agreement as people see them."""

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def test_a_mentor_starts_a_calibration_and_the_queue_does_not_tell_it_from_work() -> None:
    import re

    from tests.host.gold import gold_set, waiting
    from tests.host.people import everybody
    from tests.host.web.clock import at
    from tests.host.web.visits import client, text_of

    people = everybody()
    work = waiting("ann@example.org")
    gold_set(people)
    at(hours=10)
    noor = client(people.noor)
    assert "Start a calibration" in text_of(noor.get("/marking/calibration"))
    refused = noor.post(f"/marking/{work.pk}/claim", {"no_conflict": "yes"})
    assert (refused.status_code, "out of rotation" in text_of(refused)) == (409, True)
    assert noor.post("/marking/calibration", {"brief": "small"}).headers["Location"] == "/marking/"
    page = text_of(noor.get("/marking/"))
    assert "gold" not in re.sub(r"Your calibration", "", page).lower()
    assert page.count("Claim <span") == 7
    assert "6 submissions of your calibration" in text_of(noor.get("/marking/calibration"))
    assert noor.post("/marking/calibration", {"brief": "small"}).status_code == 409
    assert noor.post("/marking/calibration", {"brief": "nothing"}).status_code == 409


def test_an_operator_makes_gold_and_sees_where_mentors_stand() -> None:
    from jobtwin.services.calibration import open_run
    from jobtwin.store.models import CalibrationCase
    from tests.host.gold import decided, gold_set, sealed_like, waiting
    from tests.host.people import NOW, everybody
    from tests.host.web.clock import at
    from tests.host.web.visits import client, text_of

    people = everybody()
    olga, page = client(people.olga), "/operations/calibration"
    assert "cannot decide yet" in text_of(olga.get(page)) or "There are none" in text_of(olga.get(page))
    for wrong in ("nonsense", str(waiting("ann@example.org").pk)):
        assert olga.post(page, {"submission": wrong}).status_code == 422
    elsewhere = "00000000-0000-0000-0000-000000000000"
    assert olga.post(page, {"submission": elsewhere}).status_code == 404
    one = decided("one@example.org", "0.65", people.max)
    assert olga.post(page, {"submission": str(one.pk)}).status_code == 302
    gold_set(people)
    open_run(mentor=people.noor, brief_id="small", now=NOW)
    for case in CalibrationCase.objects.all():
        sealed_like(case.submission, people.noor, case.gold.agreed["quality"])
    at(hours=12)
    shown = text_of(olga.get(page))
    assert "in rotation" in shown
    assert "noor@example.org" in shown
    assert "must be in rotation" in shown
    olga.post(page, {"submission": str(one.pk), "do": "retire"})
    assert text_of(olga.get(page)).count("Retire <span") == 6


def test_agreement_hides_figures_of_few_and_counts_what_mentors_said_of_drafts() -> None:
    from jobtwin.store.models import Attempt, BriefVersion, CriterionReading
    from tests.host.gold import decided, sealed_like, waiting
    from tests.host.people import NOW, everybody
    from tests.host.web.visits import client, text_of

    people = everybody()
    olga = client(people.olga)
    assert olga.get("/operations/agreement").status_code == 404
    decided("one@example.org", "0.65", people.max)
    few = text_of(olga.get("/operations/agreement"))
    assert "hidden: 0 of 30" in few
    assert 'class="none"' in few
    mark = sealed_like(waiting("two@example.org"), people.noor, "0.80")
    CriterionReading.objects.create(
        mark=mark, dimension="quality", criterion="quality.prose", drafted="met", reading="not_met"
    )
    address = f"/operations/agreement?brief={BriefVersion.objects.get().pk}"
    none = 5 * '<td class="number">0</td>'
    assert f'<th scope="row">Quality</th>{none}' in text_of(olga.get(address))
    Attempt.objects.filter(pk=mark.submission.attempt_id).update(decided_at=NOW)
    page = text_of(olga.get(address))
    cells = "".join(f'<td class="number">{count}</td>' for count in (1, 0, 1, 0, 1))
    assert f'<th scope="row">Quality</th>{cells}' in page
