"""Windows and extensions on pages: what the operator does, the learner sees."""

import pytest

from jobtwin.source.brief import built_in_brief

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]

REASON = "The sandbox was down for an hour."


def test_olga_extends_and_ada_reads_the_reason_and_gets_a_receipt() -> None:
    from tests.host.twins import Twin
    from tests.host.web.clock import at
    from tests.host.web.visits import client, text_of

    twin = Twin.started(built_in_brief("live_incident"))
    page = f"/operations/attempts/{twin.attempt.pk}"
    form = {"do": "extend", "kind": "incident", "minutes": "30", "reason": REASON}
    at(minutes=5)
    wrong = client(twin.people.olga).post(page, form | {"minutes": "many"})
    assert wrong.status_code == 422
    assert REASON in text_of(wrong)
    assert client(twin.people.olga).post(page, form).status_code == 302
    shown = text_of(client(twin.people.ada).get(f"/attempts/{twin.attempt.pk}"))
    assert "extended by 30 minutes in the window “live”" in shown
    assert REASON in shown
    assert 'name="log-live"' in shown
    assert 'name="log-postmortem"' not in shown
    receipts = text_of(client(twin.people.ada).get(f"/attempts/{twin.attempt.pk}/receipts"))
    assert "extension" in receipts


def test_the_countdown_runs_to_the_end_of_the_open_window() -> None:
    from tests.host.twins import Twin
    from tests.host.web.clock import at
    from tests.host.web.visits import client

    twin = Twin.started(built_in_brief("live_incident"))
    ada, clock = client(twin.people.ada), f"/attempts/{twin.attempt.pk}/clock"
    left = {}
    for minutes in (0, 89, 90, 329, 330):
        at(minutes=minutes)
        left[minutes] = ada.get(clock).json()["left_ms"] // 60_000
    assert left == {0: 90, 89: 1, 90: 240, 329: 1, 330: 0}


def test_ada_withdraws_only_with_the_confirmation() -> None:
    from tests.host.twins import Twin
    from tests.host.web.clock import at
    from tests.host.web.visits import client, text_of

    twin = Twin.started(built_in_brief("day_service"))
    ada, page = client(twin.people.ada), f"/attempts/{twin.attempt.pk}/withdraw"
    at(minutes=5)
    assert ada.post(page).status_code == 422
    assert ada.post(page, {"confirm": "yes"}).status_code == 302
    assert "You withdrew on" in text_of(ada.get(f"/attempts/{twin.attempt.pk}"))


def test_an_extension_for_all_is_one_act() -> None:
    from tests.host.twins import Twin
    from tests.host.web.clock import at
    from tests.host.web.visits import client, text_of

    twin = Twin.started(built_in_brief("day_service"))
    olga, page = client(twin.people.olga), "/operations/briefs/day_service/2/extend"
    at(hours=6, minutes=5)
    assert olga.post(page, {"kind": "incident", "minutes": "5", "reason": "short"}).status_code == 422
    done = olga.post(page, {"kind": "incident", "minutes": "60", "reason": REASON})
    assert "Extended for 1 learners; 0 were left out." in text_of(done)
    ada = client(twin.people.ada)
    assert ada.post(f"/attempts/{twin.attempt.pk}/draft", {"base_version": "0"}).status_code == 302


def test_a_conflict_shows_the_closed_windows_log_as_it_was_saved() -> None:
    from tests.host.twins import Twin
    from tests.host.web.clock import at
    from tests.host.web.visits import client, text_of

    twin = Twin.started(built_in_brief("live_incident"))
    ada, path = client(twin.people.ada), f"/attempts/{twin.attempt.pk}/draft"
    at(minutes=5)
    ada.post(path, {"base_version": "0", "log-live": "10:02 errors rise"})
    at(minutes=95)
    answer = ada.post(path, {"base_version": "0", "log-postmortem": "The limit."})
    assert answer.status_code == 409
    assert "10:02 errors rise" in text_of(answer)
    assert "nothing was written" not in text_of(answer)
