"""Appeals by hand: the learner's form, two new mentors, the signature, and what the learner reads."""

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

UNDECIDED = {
    "done": True,
    "reproduced": False,
    "result": "undecided",
    "counts": {"reproduced": 1, "undecided": 2, "differs": 0},
    "notes": [],
    "undecided": {"F1": "this machine could not decide it: no <room>"},
    "differing": [],
}
WHY = {"reason": "The second mentor <overlooked> docs/runbook.md."}


def test_a_learner_appeals_in_the_browser_and_reads_the_outcome() -> None:
    from jobtwin.services.appeal import record_replay
    from jobtwin.services.decision import sign_off
    from jobtwin.services.person import add_person
    from jobtwin.store.models import Appeal, Decision, Role
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer
    from tests.host.web.clock import at
    from tests.host.web.visits import claim, client, mark_form, seal, text_of

    people, ledgers = everybody(), writer()
    lou = add_person(email="lou@example.org", name="Lou", role=Role.MENTOR)
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.60", ledgers)
    sign_off(decision=Decision.objects.get(), mentor=people.max, skills={}, now=NOW, writer=ledgers)
    at(hours=20)
    ada, page = client(people.ada), f"/attempts/{submission.attempt_id}/appeal"
    assert "Appeal, once" in text_of(ada.get(page))
    assert ada.post(page, {"reason": "no"}).status_code == 422
    assert ada.post(page, WHY).status_code == 302
    shown = text_of(ada.get(page))
    assert "&lt;overlooked&gt;" in shown
    assert "are being run again" in shown
    record_replay(appeal=Appeal.objects.get(), found=UNDECIDED, now=NOW)
    shown = text_of(ada.get(page))
    assert "nothing came out differently, but the machine could not decide all of it" in shown
    assert "no &lt;room&gt;" in shown
    assert ada.post(page, WHY).status_code == 409
    visitors = [client(people.kit), client(lou)]
    for visitor in visitors:
        desk = claim(visitor, submission)
        assert visitor.get(f"{desk}/appeal").status_code == 404
        visitor.post(f"{desk}/save", mark_form("0.85", "Seen anew."))
        assert seal(visitor, desk).status_code == 302
    assert client(people.max).get(f"{desk}/appeal").status_code == 404
    assert "Sign the outcome" in text_of(visitors[0].get(f"{desk}/appeal"))
    assert "Sign the outcome" not in text_of(visitors[1].get(f"{desk}/appeal"))
    assert visitors[0].post(f"{desk}/appeal", {}).status_code == 422
    skills = {"assert-ops.design": "yes", "weight-ops.design": "0.90"}
    assert visitors[0].post(f"{desk}/appeal", skills).status_code == 302
    outcome = text_of(ada.get(page))
    assert "Passed</strong>" in outcome or "Passed with 0.85" in outcome
    assert "not passed with 0.60" in outcome
    assert outcome.count("Seen anew.") == 4
    assert "an appeal; sealed by you" in text_of(visitors[0].get("/marking/"))
