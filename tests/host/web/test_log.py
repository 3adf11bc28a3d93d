"""The log of a verification: every line of what ran, searchable, inert, for its learner and its mentors."""

from typing import TYPE_CHECKING

import pytest

from jobtwin.core.check import CheckResult, Reason

if TYPE_CHECKING:
    from jobtwin.store.models import Submission
    from tests.host.people import People

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


@pytest.fixture
def people() -> "People":
    from tests.host.people import everybody

    return everybody()


def checked(people: "People", facts: dict[str, object]) -> "Submission":
    """A submission of Ada whose only check has these facts."""
    from jobtwin.services.check import record_checks
    from tests.host.people import NOW, submitted

    submission = submitted(people.ada)
    checks = (CheckResult("F1", Reason.OK, "3 tests passed", facts),)
    record_checks(submission=submission, checks=checks, engine="test", now=NOW)
    return submission


def page_of(people: "People", submission: "Submission", query: str = "") -> str:
    from tests.host.web.visits import client, text_of

    address = f"/attempts/{submission.attempt_id}/log"
    return text_of(client(people.ada).get(f"{address}?q={query}" if query else address))


FACTS = {
    "log": "collected 3 items\n<b>three</b> passed\n\N{RIGHT-TO-LEFT OVERRIDE}evil",
    "services_report": {"redis": {"log": "Ready to accept connections"}},
    "front_ends": [{"scripts": {"test": {"log": "kite flies"}}}],
    "passed": 3,
}


def test_a_learner_reads_and_searches_every_log(people: "People") -> None:
    from jobtwin.services.check import record_event
    from tests.host.people import NOW

    submission = checked(people, FACTS)
    record_event(submission=submission, phase="F1 tests", kind="log", text="3 passed in 0.1s", now=NOW)

    whole, found = page_of(people, submission), page_of(people, submission, "PASSED")

    for words in ("3 passed in 0.1s", "Ready to accept", "kite flies", "&lt;b&gt;three&lt;", "[U+202E]evil"):
        assert words in whole, words
    assert "F1 services_report redis log" in whole
    assert "three" in found
    assert "kite flies" not in found
    assert "2 to 200" in page_of(people, submission, "x")


def test_a_long_log_shows_its_end_and_says_so(people: "People") -> None:
    from jobtwin.web.shown.log import MAX_LINES

    log = "\n".join(f"line {number}" for number in range(MAX_LINES + 5))

    page = page_of(people, checked(people, {"log": log}))

    assert f"Only the last {MAX_LINES} of {MAX_LINES + 5} lines" in page
    assert f"line {MAX_LINES + 4}<" in page
    assert "line 4<" not in page
