"""What an employer is told of a holder's work."""

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def test_every_verdict_is_told_in_words() -> None:
    from jobtwin.store.models import CheckRecord
    from jobtwin.web.shown.reproduced import reproduced
    from tests.host.people import exam

    checks = [
        CheckRecord(check_id=one, verdict=verdict)
        for one, verdict in (("F3", "inconclusive"), ("F1", "refuted"), ("F9", "confirmed"))
    ]
    told = [(one.words, one.told) for one in reproduced(exam(), checks)]
    assert told == [
        ("its tests pass on a clean clone", "tried, and not so"),
        ("its evals run from end to end", "not decided"),
    ]
