"""The operator's live view, and the tables to take along."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from jobtwin.core.errors import NotFound, Refused

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("site")]


def test_the_figures_are_those_of_an_exam_in_every_state() -> None:
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision, Programme
    from jobtwin.store.queries.live import deadlines, funnel, marking_clocks, verification
    from tests.host.people import NOW, claimed, everybody, sealed, started, submitted, verified, writer

    people, ledgers, all_of_them = everybody(), writer(), Programme.objects.all()
    open_one, _ = started(people.sam), submitted(people.kit)
    done, held = verified(people.ada), verified(people.olga)
    for mark in [claimed(done, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    sign_off(
        decision=Decision.objects.get(),
        mentor=people.max,
        skills={"ops.design": "0.80"},
        now=NOW,
        writer=ledgers,
    )
    claim = claimed(held, people.noor)
    steps = {
        "started": 4,
        "saved": 3,
        "submitted": 3,
        "verified": 2,
        "decided": 1,
        "passed": 1,
        "certified": 0,
    }
    assert funnel(all_of_them) == steps

    found = verification(all_of_them, NOW + timedelta(hours=4))
    assert (found.waiting, found.oldest) == (1, NOW + timedelta(hours=1))
    assert len(found.by_hour) == 24
    assert {hour: count for hour, count in found.by_hour.items() if count} == {NOW + timedelta(hours=2): 2}
    ahead = deadlines(all_of_them, open_one.deadline - timedelta(hours=3))
    assert {hour: count for hour, count in ahead.items() if count} == {open_one.deadline: 1}

    sla = held.attempt.brief_version.brief.sla
    for share, expected in (
        (0.1, "begun"),
        (0.6, "half"),
        (0.8, "three_quarters"),
        (0.95, "nine_tenths"),
        (1, "late"),
    ):
        clocks = marking_clocks(all_of_them, claim.claimed_at + sla * share)
        assert (clocks.read, getattr(clocks, expected)) == (1, 1)


def test_the_page_shows_them_and_only_those_of_own_programmes() -> None:
    from jobtwin.store.models import Programme
    from tests.host.people import everybody, verified
    from tests.host.web.visits import client, text_of

    people = everybody()
    verified(people.ada)
    assert "Attempts by state: marking 1" in text_of(client(people.olga).get("/operations/live"))
    page = text_of(client(people.olga).get("/operations/live?tables=yes"))
    assert '<th scope="row">marking</th><td class="number">1</td>' in page
    assert "Nothing waits for verification." in page
    assert "No model was asked." in page
    Programme.objects.create(slug="harbour", title="Harbour")
    assert client(people.olga).get("/operations/live?programme=harbour").status_code == 404
    assert client(people.olga).get("/operations/live/now?programme=default").status_code == 200


def test_no_look_asks_more_the_more_there_is() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.host.people import claimed, everybody, verified
    from tests.host.web.visits import client

    people, asked = everybody(), []
    visitor = client(people.olga)
    for learner in (people.ada, people.sam, people.kit):
        claimed(verified(learner), people.max)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.get("/operations/live")
        asked.append(len(queries))
    assert asked[1] == asked[2]


def test_models_are_told_with_what_they_cost() -> None:
    from jobtwin.store.models import ModelCall, Programme
    from jobtwin.store.queries.live import model_costs
    from tests.host.people import NOW, everybody, verified

    submission = verified(everybody().ada)
    for at, cached, cost in (
        (NOW, False, Decimal("0.25")),
        (NOW, True, Decimal(0)),
        (NOW - timedelta(days=31), False, 9),
    ):
        ModelCall.objects.create(
            submission=submission, criterion="a", neutral=False, model="m", outcome="met", requests=1,
            tokens_in=100, tokens_out=10, cost=cost, seconds=1, cached=cached, at=at,
        )  # fmt: skip
    (found,) = model_costs(Programme.objects.all(), NOW)
    assert (found.model, found.calls, found.cached, found.tokens_in) == ("m", 2, 1, 200)
    assert found.cost == Decimal("0.25")


def test_tables_are_the_same_in_every_format() -> None:
    from pyarrow import parquet

    from tests.host.people import everybody, verified
    from tests.host.web.visits import client

    people = everybody()
    submission = verified(people.ada)
    visitor = client(people.olga)
    (attempt,) = json.loads(visitor.get("/operations/exports/attempts.json").content)
    assert (attempt["attempt"], attempt["learner"], attempt["state"]) == (
        str(submission.attempt_id), "ada@example.org", "marking",
    )  # fmt: skip
    (line,) = csv.DictReader(io.StringIO(visitor.get("/operations/exports/attempts.csv").content.decode()))
    assert line == {name: "" if value is None else str(value) for name, value in attempt.items()}
    (row,) = parquet.read_table(
        io.BytesIO(visitor.get("/operations/exports/attempts.parquet").content)
    ).to_pylist()
    assert (row["attempt"], row["started_at"]) == (attempt["attempt"], submission.attempt.started_at)
    checks = json.loads(visitor.get("/operations/exports/checks.json").content)
    assert [one["check"] for one in checks] == ["F1", "F3"]


def test_no_score_leaves_before_it_is_signed() -> None:
    from jobtwin.services.decision import sign_off
    from jobtwin.store.models import Decision
    from tests.host.people import NOW, claimed, everybody, sealed, verified, writer
    from tests.host.web.visits import client

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    visitor = client(people.olga)
    assert visitor.get("/operations/exports/decisions.json").json() == []
    sign_off(
        decision=Decision.objects.get(),
        mentor=people.max,
        skills={"ops.design": "0.80"},
        now=NOW,
        writer=ledgers,
    )
    (found,) = visitor.get("/operations/exports/decisions.json").json()
    assert Decimal(found["overall"]) == Decimal("0.80")
    assert visitor.get("/operations/exports/decisions.parquet").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/operations/exports/marks.csv", 404),
        ("/operations/exports/attempts.xlsx", 404),
        ("/operations/exports/attempts.csv?since=yesterday", 400),
        ("/operations/exports/attempts.csv?programme=nowhere", 404),
        ("/operations/live?programme=%00", 404),
    ],
)
def test_what_there_is_not_is_told(address: str, status: int) -> None:
    from tests.host.people import everybody
    from tests.host.web.visits import client

    assert client(everybody().olga).get(address).status_code == status


def test_an_export_has_a_limit_that_a_later_first_day_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    from jobtwin.store.models import Programme
    from jobtwin.store.queries import export
    from tests.host.people import NOW, everybody, started

    people = everybody()
    started(people.ada)
    started(people.sam, NOW + timedelta(days=1))
    monkeypatch.setattr(export, "MAX_EXPORT_ROWS", 1)
    with pytest.raises(Refused, match="at most 1 rows"):
        export.export_rows("attempts", Programme.objects.all(), since=NOW, now=NOW)
    _, rows = export.export_rows("attempts", Programme.objects.all(), since=NOW + timedelta(days=1), now=NOW)
    assert len(rows) == 1


def test_text_that_a_spreadsheet_would_run_is_text_and_a_format_that_is_not_here_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from jobtwin.store.queries.export import TABLES
    from jobtwin.web import tables

    row = ("=HYPERLINK(1)", "+1", "ok", "-1", 1.5, "@x", None)
    assert tables.written(TABLES["checks"], [row], "csv").decode().splitlines()[1] == (
        "'=HYPERLINK(1),'+1,ok,'-1,1.5,'@x,"
    )
    monkeypatch.setattr(tables, "find_spec", lambda _name: None)
    assert tables.formats() == ["csv", "json"]
    with pytest.raises(NotFound, match="csv, json"):
        tables.written(TABLES["checks"], [], "parquet")
