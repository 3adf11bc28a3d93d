import json

import pytest

from kerbside.limits import Breaker, Budget
from kerbside.matching import Matcher, load_passages
from kerbside.model import MAX_REPLY_BYTES, parse_choice
from kerbside.settings import build_model, read_settings
from tests.conftest import AMBIGUOUS, FakeServer

CANDIDATES = Matcher(load_passages()).rank(AMBIGUOUS)


def test_the_model_is_shown_the_report_as_data_and_the_ids_it_may_name():
    server = FakeServer(json.dumps({"passage": CANDIDATES[1].passage.id}))
    assert server.model().choose(AMBIGUOUS, CANDIDATES) == CANDIDATES[1]
    system, user = server.seen[0]["messages"]
    assert json.loads(user["content"])["report"] == AMBIGUOUS
    assert AMBIGUOUS not in system["content"]
    allowed = server.seen[0]["response_format"]["json_schema"]["schema"]["properties"]["passage"]
    assert allowed["enum"] == [*(item.passage.id for item in CANDIDATES), "none"]


@pytest.mark.parametrize(
    "reply",
    [
        "", "parking", "[]", "null", '{"passage": "none"}', '{"passage": "noise-1"}',
        '{"passage": ["green-1"]}',
        '{"passage": "green-1", "department": "mayor"}', '{"department": "green"}',
    ],
)  # fmt: skip
def test_anything_but_one_shown_id_is_no_choice(reply):
    assert parse_choice(reply, CANDIDATES) is None


@pytest.mark.parametrize(
    "server",
    [
        FakeServer(status=500),
        FakeServer(status=429),
        FakeServer(body=b"<html>"),
        FakeServer(body=b'{"choices": []}'),
        FakeServer(body=b'{"choices": [{"message": {"content": null}}]}'),
        FakeServer(body=b" " * (MAX_REPLY_BYTES + 1)),
    ],
    ids=["error", "throttled", "html", "empty", "null", "huge"],
)
def test_a_broken_server_is_no_choice_and_opens_the_breaker(server):
    model = server.model(breaker_failures=2)
    assert model.choose(AMBIGUOUS, CANDIDATES) is None
    assert not model.breaker.is_open
    assert model.choose(AMBIGUOUS, CANDIDATES) is None
    assert model.breaker.is_open
    assert model.choose(AMBIGUOUS, CANDIDATES) is None
    assert len(server.seen) == 2


def test_a_spent_budget_stops_calls_without_failing_them():
    server = FakeServer('{"passage": "green-1"}')
    model = server.model(budget_tokens=700)
    answers = [model.choose(AMBIGUOUS, CANDIDATES) for _ in range(5)]
    assert answers[0] is not None
    assert answers[-1] is None
    assert 1 <= len(server.seen) < 5
    assert not model.breaker.is_open


def test_tokens_come_back_when_they_leave_the_window(clock):
    budget = Budget(100, 60, clock)
    assert budget.take(80)
    assert not budget.take(30)
    clock.now = 59.9
    assert budget.left() == 20
    clock.now = 60
    assert budget.take(100)


def test_an_open_breaker_tries_once_in_each_interval_and_closes_on_success(clock):
    breaker = Breaker(2, 30, clock)
    breaker.record(ok=False)
    assert breaker.allows()
    breaker.record(ok=False)
    assert not breaker.allows()
    clock.now = 30
    assert breaker.allows()
    assert not breaker.allows()
    breaker.record(ok=True)
    assert breaker.allows()


def test_without_an_address_there_is_no_model():
    assert build_model(read_settings({})) is None


def test_a_setting_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match="PORT must be a number, not 'http'"):
        read_settings({"PORT": "http"})
    with pytest.raises(ValueError, match="OPENAI_BASE_URL must start with"):
        read_settings({"OPENAI_BASE_URL": "file:///etc/passwd"})
    assert read_settings({"PORT": "9000", "KERBSIDE_MODEL": "small"}).port == 9000
