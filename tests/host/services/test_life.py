"""An attempt's life as a state machine: whatever is tried in whatever order, one story is told."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jobtwin.core.attempt import AttemptState, attempt_state
from jobtwin.core.errors import JobTwinError
from jobtwin.source.brief import built_in_brief

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]

MINUTE = timedelta(minutes=1)
REASON = "A reason of more than ten letters."
OPEN = (AttemptState.OPEN,)
CAN_SUBMIT = (AttemptState.OPEN, AttemptState.GRACE)


class Life(RuleBasedStateMachine):
    """Ada's attempt at the exam with two windows; `now` only goes on."""

    def __init__(self) -> None:
        super().__init__()
        from django.db import transaction

        from tests.host.twins import Twin

        self.point = transaction.atomic()
        self.point.__enter__()
        self.twin = Twin.started(built_in_brief("live_incident"))
        self.attempt = self.twin.attempt
        self.now = self.twin.now
        self.drafts = self.granted = self.receipts = 0
        self.deadline = self.attempt.deadline

    def teardown(self) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    @property
    def state(self) -> AttemptState:
        self.attempt.refresh_from_db()
        return attempt_state(self.attempt.facts, now=self.now)

    @rule(minutes=st.sampled_from([1, 20, 89, 90, 150, 240]))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(text=st.text(max_size=5), behind=st.booleans())
    def save(self, text: str, behind: bool) -> None:
        from jobtwin.services.draft import Work, save_draft

        before, base = self.state, self.drafts - (1 if behind and self.drafts else 0)
        work = Work(source="https://git.example.org/ada/work", notes=text.replace("\0", ""))
        try:
            save_draft(attempt=self.attempt, work=work, base_version=base, now=self.now)
        except JobTwinError:
            assert before not in OPEN or base != self.drafts
            return
        assert before in OPEN
        assert base == self.drafts
        self.drafts += 1
        self.receipts += 1

    @rule(minutes=st.sampled_from([5, 60, 200]), window=st.sampled_from([None, "live", "postmortem"]))
    def extend(self, minutes: int, window: str | None) -> None:
        from jobtwin.services.extension import extend_attempt

        before = self.state
        try:
            extend_attempt(
                attempt=self.attempt, kind="incident", minutes=minutes, window=window, reason=REASON,
                operator=self.twin.people.olga, now=self.now,
            )  # fmt: skip
        except JobTwinError:
            return
        assert before in (*CAN_SUBMIT, AttemptState.EXPIRED)
        assert self.state is AttemptState.OPEN
        self.granted += minutes
        self.receipts += 1

    @rule()
    def fail_to_reach(self) -> None:
        from jobtwin.services.submission import note_failed_submission

        if self.state in OPEN:
            note_failed_submission(attempt=self.attempt, now=self.now)

    @rule()
    def submit(self) -> None:
        from jobtwin.services.submission import submit_attempt
        from tests.host.people import COMMIT

        before = self.state
        opens = self.attempt.window_ends[0]
        try:
            submit_attempt(
                attempt=self.attempt, source="https://git.example.org/ada/work", commit=COMMIT,
                development_source=False, answers={one.id: "yes" for one in self.twin.brief.self_checks},
                draft_version=self.drafts, now=self.now,
            )  # fmt: skip
        except JobTwinError:
            assert before not in CAN_SUBMIT or self.now < opens
            return
        assert before in CAN_SUBMIT
        assert self.now >= opens
        self.receipts += 1

    @precondition(lambda self: self.now > self.deadline)
    @rule()
    def withdraw(self) -> None:
        from jobtwin.services.attempt import withdraw_attempt

        before = self.state
        try:
            withdraw_attempt(attempt=self.attempt, now=self.now)
        except JobTwinError:
            assert before not in OPEN
            return
        assert before in OPEN
        self.receipts += 1

    @invariant()
    def the_deadline_moved_by_what_was_granted_and_by_nothing_else(self) -> None:
        self.attempt.refresh_from_db()
        assert self.attempt.deadline == self.deadline + self.granted * MINUTE
        assert self.attempt.window_ends[-1] == self.attempt.deadline
        assert self.attempt.window_ends == sorted(self.attempt.window_ends)

    @invariant()
    def every_act_that_was_accepted_has_one_receipt(self) -> None:
        from jobtwin.store.models import Draft, Receipt

        assert Receipt.objects.filter(attempt=self.attempt).count() == self.receipts + 1
        assert Draft.objects.filter(attempt=self.attempt).count() == self.drafts

    @invariant()
    def a_submission_came_in_time_or_in_the_grace(self) -> None:
        at = self.attempt.submitted_at
        ends = [self.attempt.deadline, self.attempt.grace_until or self.attempt.deadline]
        assert at is None or at < max(ends)


def test_no_order_of_acts_tells_two_stories() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=checks,
        ),
    )
