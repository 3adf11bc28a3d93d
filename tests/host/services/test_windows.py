"""Windows, extensions, withdrawal, voiding and re-attempts, on the real database."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from jobtwin.source.brief import built_in_brief

if TYPE_CHECKING:
    from tests.host.twins import Twin

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

MINUTE = timedelta(minutes=1)
REASON = "The sandbox was down for an hour."


def incident() -> "Twin":
    """Ada's attempt at the exam with two windows."""
    from tests.host.twins import Twin

    return Twin.started(built_in_brief("live_incident"))


def test_a_log_is_written_while_its_window_is_open_and_never_after() -> None:
    from jobtwin.core.errors import Refused
    from jobtwin.services.draft import Work, save_draft

    twin = incident()
    live, after = twin.attempt.window_ends
    with pytest.raises(Refused, match="Post-mortem is not open yet"):
        save_draft(
            attempt=twin.attempt, work=Work(logs={"postmortem": "x"}), base_version=0, now=live - MINUTE
        )
    first = save_draft(
        attempt=twin.attempt, work=Work(logs={"live": "14:21 paged"}), base_version=0, now=live - MINUTE
    )
    assert first.body["logs"] == {"live": "14:21 paged", "postmortem": ""}
    with pytest.raises(Refused, match="Live is closed") as told:
        save_draft(attempt=twin.attempt, work=Work(logs={"live": "better"}), base_version=1, now=live)
    assert told.value.code == "window_closed"
    second = save_draft(
        attempt=twin.attempt,
        work=Work(notes="later", logs={"live": "14:21 paged", "postmortem": "Cause."}),
        base_version=1,
        now=after - MINUTE,
    )
    assert second.body["logs"] == {"live": "14:21 paged", "postmortem": "Cause."}


def test_one_extension_moves_the_windows_the_deadline_and_the_receipt_together() -> None:
    from jobtwin.proofs.receipt import content_digest
    from jobtwin.services.extension import extend_attempt, extension_content
    from jobtwin.store.models import Receipt

    twin = incident()
    before = list(twin.attempt.window_ends)
    made = extend_attempt(
        attempt=twin.attempt, kind="incident", minutes=30, reason=REASON, operator=twin.people.olga,
        now=twin.now + MINUTE,
    )  # fmt: skip
    assert twin.attempt.window_ends == [end + 30 * MINUTE for end in before]
    assert twin.attempt.deadline == twin.attempt.window_ends[-1] == made.deadline_after
    assert (made.window, made.deadline_before) == ("live", before[-1])
    said = Receipt.objects.get(what="extend").document["receipt"]
    assert said["content"] == content_digest(extension_content(made))
    assert said["deadline"].startswith(twin.attempt.deadline.strftime("%Y-%m-%dT%H:%M"))


def test_an_extension_after_the_end_lets_the_learner_save_and_submit() -> None:
    from jobtwin.core.errors import TooLate
    from jobtwin.services.draft import Work, save_draft
    from jobtwin.services.extension import extend_attempt

    twin = incident()
    late = twin.attempt.deadline + 10 * MINUTE
    with pytest.raises(TooLate):
        save_draft(attempt=twin.attempt, work=Work(notes="x"), base_version=0, now=late)
    extend_attempt(
        attempt=twin.attempt,
        kind="accommodation",
        minutes=60,
        reason=REASON,
        operator=twin.people.olga,
        now=late,
    )
    save_draft(attempt=twin.attempt, work=Work(notes="x"), base_version=0, now=late)
    assert twin.submit().submitted_at == twin.attempt.deadline - MINUTE


def test_an_extension_for_all_leaves_out_who_cannot_have_it_and_says_why() -> None:
    from jobtwin.services.attempt import start_attempt, withdraw_attempt
    from jobtwin.services.extension import extend_attempt, extend_everybody
    from jobtwin.services.submission import submit_attempt
    from tests.host.people import COMMIT

    twin = incident()
    people, version, now = twin.people, twin.attempt.brief_version, twin.now
    others = {
        name: start_attempt(learner=getattr(people, name), brief_version=version, now=now)
        for name in ("sam", "kit", "noor")
    }
    withdraw_attempt(attempt=others["sam"], now=now + MINUTE)
    extend_attempt(
        attempt=others["kit"], kind="accommodation", minutes=320, reason=REASON, operator=people.olga, now=now
    )
    answers = {check.id: "yes" for check in twin.brief.self_checks}
    submit_attempt(
        attempt=others["noor"], source="https://git.example.org/n/w", commit=COMMIT, development_source=False,
        answers=answers, now=twin.attempt.deadline - MINUTE,
    )  # fmt: skip
    granted, refused = extend_everybody(
        brief_version=version, kind="incident", minutes=20, reason=REASON, operator=people.olga,
        now=twin.attempt.deadline + MINUTE,
    )  # fmt: skip
    assert [one.attempt_id for one in granted] == [twin.attempt.pk]
    assert [(one.pk, "330 minutes" in why) for one, why in refused] == [(others["kit"].pk, True)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "illness"}, "accommodation or an incident"),
        ({"minutes": 0}, "minutes"),
        ({"reason": "short"}, "reason of 10"),
        ({"window": "night"}, "no window night"),
        ({"minutes": 331}, "allows 330 minutes"),
    ],
)
def test_a_wrong_extension_changes_nothing(change: dict[str, object], says: str) -> None:
    from jobtwin.core.errors import JobTwinError
    from jobtwin.services.extension import extend_attempt
    from jobtwin.store.models import Extension

    twin = incident()
    values: dict[str, object] = {"kind": "incident", "minutes": 5, "reason": REASON} | change
    with pytest.raises(JobTwinError, match=says):
        extend_attempt(attempt=twin.attempt, operator=twin.people.olga, now=twin.now, **values)  # type: ignore[arg-type]
    assert not Extension.objects.exists()


def test_an_extension_row_can_never_be_changed() -> None:
    from django.db import InternalError, ProgrammingError

    from jobtwin.services.extension import extend_attempt
    from jobtwin.store.models import Extension

    twin = incident()
    extend_attempt(
        attempt=twin.attempt,
        kind="incident",
        minutes=5,
        reason=REASON,
        operator=twin.people.olga,
        now=twin.now,
    )
    with pytest.raises((InternalError, ProgrammingError)):
        Extension.objects.update(minutes=500)


def test_ada_withdraws_and_nothing_can_be_done_any_more() -> None:
    from jobtwin.core.errors import Conflict, Refused
    from jobtwin.services.attempt import start_attempt, withdraw_attempt
    from jobtwin.services.draft import Work, save_draft

    twin = incident()
    withdraw_attempt(attempt=twin.attempt, now=twin.now + MINUTE)
    with pytest.raises(Refused, match="you withdrew"):
        save_draft(attempt=twin.attempt, work=Work(notes="x"), base_version=0, now=twin.now + MINUTE)
    with pytest.raises(Refused, match="you withdrew"):
        twin.submit()
    with pytest.raises(Refused, match="you withdrew"):
        withdraw_attempt(attempt=twin.attempt, now=twin.now + MINUTE)
    with pytest.raises(Conflict, match="no re-attempts"):
        start_attempt(learner=twin.people.ada, brief_version=twin.attempt.brief_version, now=twin.now)


def test_a_voided_attempt_is_not_marked_and_does_not_count() -> None:
    from jobtwin.core.errors import Conflict, Refused
    from jobtwin.services.attempt import start_attempt, void_attempt
    from jobtwin.store.queries.mark import waiting_for
    from tests.host.people import claimed

    twin = incident()
    submission = twin.submit()
    twin.verify()
    submission.refresh_from_db()
    assert list(waiting_for(twin.people.max)) == [submission]
    void_attempt(attempt=twin.attempt, operator=twin.people.olga, reason=REASON, now=twin.now)
    assert not waiting_for(twin.people.max)
    submission.attempt.refresh_from_db()
    with pytest.raises(Refused, match="voided"):
        claimed(submission, twin.people.max)
    with pytest.raises(Conflict):
        void_attempt(attempt=twin.attempt, operator=twin.people.olga, reason=REASON, now=twin.now)
    again = start_attempt(learner=twin.people.ada, brief_version=twin.attempt.brief_version, now=twin.now)
    assert again.number == 2


def test_a_decided_attempt_is_not_voided() -> None:
    from decimal import Decimal

    from jobtwin.core.errors import Conflict
    from jobtwin.services.attempt import void_attempt

    twin = incident()
    twin.submit()
    twin.verify()
    twin.decide(Decimal("0.50"))
    with pytest.raises(Conflict, match="decided"):
        void_attempt(attempt=twin.attempt, operator=twin.people.olga, reason=REASON, now=twin.now)


def test_re_attempts_are_as_many_as_the_brief_says_one_after_the_other() -> None:
    from jobtwin.core.brief import parse_brief
    from jobtwin.core.errors import Conflict
    from jobtwin.services.attempt import start_attempt, withdraw_attempt
    from tests.exams import brief_document
    from tests.host.twins import Twin

    twin = Twin.started(parse_brief(brief_document(re_attempts=1)))

    def again(now: timedelta) -> int:
        version = twin.attempt.brief_version
        return start_attempt(learner=twin.people.ada, brief_version=version, now=twin.now + now).number

    with pytest.raises(Conflict, match="under way"):
        again(MINUTE)
    withdraw_attempt(attempt=twin.attempt, now=twin.now)
    assert again(MINUTE) == 2
    with pytest.raises(Conflict, match="2 attempts in all"):
        again(timedelta(days=15))
