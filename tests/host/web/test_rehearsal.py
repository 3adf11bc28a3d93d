"""Rehearsals and disputes on pages."""

import pytest

from jobtwin.core.brief import parse_brief
from jobtwin.core.check import CheckResult, Reason, VerificationReport
from tests.exams import brief_document

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

REASON = "The test needs a font that the sandbox has not."


def test_only_ada_reads_what_her_rehearsal_found() -> None:
    from jobtwin.services.rehearsal import record_rehearsal, request_rehearsal
    from tests.host.people import COMMIT, NOW
    from tests.host.twins import Twin
    from tests.host.web.visits import client, text_of

    twin = Twin.started(parse_brief(brief_document(rehearsals=2)))
    page = f"/attempts/{twin.attempt.pk}"
    made = request_rehearsal(attempt=twin.attempt, source="https://x.example.org/a", commit=COMMIT, now=NOW)
    assert "It is being verified." in text_of(client(twin.people.ada).get(page))
    found = CheckResult("F1", Reason.TESTS_FAILED, "3 of <b>70</b> failed.")
    record_rehearsal(
        rehearsal=made, report=VerificationReport("x", COMMIT, "small", "test", (found,)), now=NOW
    )
    shown = text_of(client(twin.people.ada).get(page))
    assert "3 of &lt;b&gt;70&lt;/b&gt; failed." in shown
    assert "1 of 2 used" in shown
    nothing = client(twin.people.ada).post(f"{page}/rehearse")
    assert (nothing.status_code, "save the address" in text_of(nothing).lower()) == (409, True)


def test_a_dispute_and_its_answer_stand_beside_the_fact_for_ada_and_max() -> None:
    from jobtwin.services.check import record_checks
    from tests.host.people import claimed
    from tests.host.twins import Twin
    from tests.host.web.visits import client, text_of

    twin = Twin.started(parse_brief(brief_document()))
    submission, page = twin.submit(), f"/attempts/{twin.attempt.pk}"
    checks = (CheckResult("F1", Reason.TESTS_FAILED, "1 failed."), CheckResult("F3", Reason.OK, "Ran."))
    record_checks(submission=submission, checks=checks, engine="test", now=twin.now)
    twin.verify()
    ada, olga = client(twin.people.ada), client(twin.people.olga)
    assert "Dispute F1" in text_of(ada.get(page))
    assert "Dispute F3" not in text_of(ada.get(page))
    ada.post(f"{page}/disputes/F1", {"reason": REASON})
    answer = {"do": "answer", "check": "F1", "reason": "The font is there since Monday."}
    assert REASON in text_of(olga.get(f"/operations/attempts/{twin.attempt.pk}"))
    assert olga.post(f"/operations/attempts/{twin.attempt.pk}", answer).status_code == 302
    submission.refresh_from_db()
    claimed(submission, twin.people.max)
    for who, where in ((twin.people.ada, page), (twin.people.max, f"/marking/{submission.pk}")):
        shown = text_of(client(who).get(where))
        assert REASON in shown
        assert "The font is there since Monday." in shown
        assert "olga@" not in shown
