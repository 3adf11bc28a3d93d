"""Every exam that ships is played from Start to credential, by the same code."""

from datetime import timedelta
from decimal import Decimal

import pytest

from jobtwin.source.brief import built_in_brief, built_in_ids

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def test_three_kinds_of_exam_ship() -> None:
    found = {one: built_in_brief(one) for one in built_in_ids()}
    shown = {
        one: (brief.kind, brief.time_box, brief.rubric.pass_mark, brief.submission_modes)
        for one, brief in found.items()
    }
    both = ("repo_url", "archive")
    assert shown == {
        "capstone": ("capstone", timedelta(days=14), Decimal("0.75"), ("repo_url",)),
        "day_service": ("day", timedelta(hours=6), Decimal("0.70"), both),
        "live_incident": ("incident", timedelta(hours=5, minutes=30), Decimal("0.65"), both),
    }
    assert [one.minutes for one in found["live_incident"].windows] == [90, 240]


@pytest.mark.parametrize("brief_id", built_in_ids())
@pytest.mark.parametrize("passes", [True, False])
def test_each_exam_plays_to_its_end_at_its_own_pass_mark(brief_id: str, passes: bool) -> None:
    from tests.host.twins import Twin

    brief = built_in_brief(brief_id)
    twin = Twin.started(brief)
    assert twin.attempt.deadline - twin.attempt.started_at == brief.time_box
    twin.submit()
    twin.verify()
    mark = brief.rubric.pass_mark
    decision = twin.decide(mark if passes else mark - Decimal("0.05"))
    assert (decision.passed, decision.overall) == (passes, mark if passes else mark - Decimal("0.05"))
    credential = twin.credential() if passes else None
    assert (credential is not None) is passes


def test_a_later_version_changes_nothing_for_an_attempt() -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.services.brief import publish_brief
    from jobtwin.store.queries.brief import offered_brief
    from tests.exams import brief_document
    from tests.host.people import NOW, everybody, exam, started

    attempt = started(everybody().ada)
    later = parse_brief(brief_document(version=2, time_box_hours=1, title="Another exam"))
    publish_brief(brief=later, now=NOW)
    attempt.refresh_from_db()
    assert offered_brief("small").brief == later
    assert (attempt.brief_version.digest, attempt.brief_version.brief) == (exam().digest, exam())
    assert attempt.deadline == NOW + timedelta(days=14)


def test_a_retired_version_is_offered_no_more_and_its_attempts_go_on() -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.core.errors import Conflict, NotFound, Refused
    from jobtwin.services.brief import publish_brief, retire_brief
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.store.queries.brief import offered_brief
    from tests.exams import brief_document
    from tests.host.people import NOW, everybody, started

    people = everybody()
    attempt = started(people.ada)
    second = publish_brief(brief=parse_brief(brief_document(version=2, title="Two")), now=NOW, by=people.olga)
    retire_brief(version=second, now=NOW, by=people.olga)
    assert offered_brief("small").version == 1
    with pytest.raises(Conflict, match="retired already"):
        retire_brief(version=second, now=NOW)
    retire_brief(version=attempt.brief_version, now=NOW)
    with pytest.raises(NotFound):
        offered_brief("small")
    with pytest.raises(Refused, match="no longer offered"):
        started(people.sam)
    assert save_draft(attempt=attempt, work=Work(notes="still mine"), base_version=0, now=NOW).version == 1


def test_a_number_below_the_newest_is_refused() -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.core.errors import Refused
    from jobtwin.services.brief import publish_brief
    from tests.exams import brief_document
    from tests.host.people import NOW

    publish_brief(brief=parse_brief(brief_document(version=3)), now=NOW)
    with pytest.raises(Refused, match="version 3"):
        publish_brief(brief=parse_brief(brief_document(version=2)), now=NOW)
