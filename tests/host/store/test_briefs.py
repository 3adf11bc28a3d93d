"""Stored briefs: one query brings an attempt, and its brief is parsed once a process."""

import pytest

pytestmark = pytest.mark.host


@pytest.mark.usefixtures("db")
def test_the_stored_brief_is_read_once_a_process_and_stays_the_one_of_its_digest() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from jobtwin.store.queries.attempt import own_attempt
    from tests.host.people import everybody, exam, started

    ada = everybody().ada
    attempt = started(ada)
    with CaptureQueriesContext(connection) as asked:
        assert own_attempt(ada, attempt.pk).brief_version.brief == exam()
    assert len(asked) == 1
