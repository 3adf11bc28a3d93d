"""`jobtwin draft --model openai:x` against servers that lie, stall, drop, refuse and flood."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.host.review.conftest import Draft, DraftHere, Ran
from tests.host.review.hostile import Handler, Respond, serving, verdict

pytestmark = pytest.mark.host

MARKUP = "<script>alert(1)</script>"
ENVELOPE = {"id": "a", "object": "chat.completion", "created": 1, "model": "x"}
BOUND = 60
"""Seconds in which every review below must end on a busy machine; each takes about three on an idle one."""


def drop(handler: Handler, message: str) -> None:
    handler.close_connection = True
    handler.connection.close()


def drop_in_the_middle(handler: Handler, message: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "a", "choices": [')
    drop(handler, message)


def hang(handler: Handler, message: str) -> None:
    handler.seen.let_go.wait(BOUND)


def drip(handler: Handler, message: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.seen.let_go.wait(0.1):
        handler.wfile.write(b" ")


def endless(handler: Handler, message: str) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while not handler.seen.let_go.is_set():
        handler.wfile.write(b"10000\r\n" + b"a" * 65536 + b"\r\n")


def call_a_tool(handler: Handler, message: str) -> None:
    call = {
        "id": "1",
        "type": "function",
        "function": {"name": "read", "arguments": '{"path": "/etc/passwd"}'},
    }
    said = {"role": "assistant", "content": None, "tool_calls": [call]}
    reply = ENVELOPE | {"choices": [{"index": 0, "finish_reason": "tool_calls", "message": said}]}
    handler.send_bytes(200, json.dumps(reply).encode())


def say(make: Callable[[str], str]) -> Respond:
    return lambda handler, message: handler.say(make(message))


def send(status: int, body: bytes, **headers: str) -> Respond:
    return lambda handler, _: handler.send_bytes(status, body, **headers)


FRUITLESS: dict[str, Respond] = {
    "drops the connection": drop,
    "drops in the middle": drop_in_the_middle,
    "hangs": hang,
    "drips": drip,
    "never ends": endless,
    "ten megabytes": say(lambda _: "a" * 10_000_000),
    "429": send(429, b'{"error": {"message": "slow down"}}'),
    "429 for an hour": send(429, b"{}", Retry_After="3600"),
    "500": send(500, b"oops"),
    "401": send(401, b"{}"),
    "sends elsewhere": send(307, b"", Location="http://169.254.169.254/latest/meta-data"),
    "a page": send(200, b"<html>" + MARKUP.encode(), Content_Type="text/html"),
    "another schema": send(200, b'{"result": {"score": 1.0}}'),
    "no choices": send(200, json.dumps(ENVELOPE | {"choices": []}).encode()),
    "nested brackets": send(200, b"[" * 200_000),
    "a packed bomb": send(200, b"\x1f\x8b" * 100, Content_Encoding="gzip"),
    "numbers that are none": send(
        200, json.dumps(ENVELOPE)[:-1].encode() + b', "choices": NaN, "usage": 1e999}'
    ),
    "calls a tool": call_a_tool,
    "malformed JSON": say(lambda message: verdict(message)[:-2]),
    "echoes the prompt": say(lambda message: message),
    "another form": say(lambda _: json.dumps({"grade": "A"})),
    "guessed spans": say(lambda message: re.sub(r"s-[0-9a-f]+", "s-000000000000", verdict(message))),
    "ids of other criteria": say(
        lambda message: re.sub(r"\"criterion_id\": \"[^\"]+\"", '"criterion_id": "x.y"', verdict(message))
    ),
}


BY_PROCESS = (
    "drops the connection",
    "hangs",
    "ten megabytes",
    "429",
    "500",
    "malformed JSON",
    "echoes the prompt",
    "another schema",
    "ids of other criteria",
)
"""Those that are driven through the command itself; loading it takes seconds, so others share a process."""


def assert_fruitless(ran: Ran, plain: dict[str, Any]) -> None:
    assert ran.seconds < BOUND
    assert ran.document["overall"] == plain["overall"]
    verdicts = [c["verdict"] for d in ran.document["dimensions"] for c in d["criteria"]]
    assert verdicts == [c["verdict"] for d in plain["dimensions"] for c in d["criteria"]]


@pytest.mark.parametrize("case", BY_PROCESS)
def test_a_server_without_an_answer_leaves_the_draft_as_it_is_without_a_model(
    case: str, run_draft: Draft, plain: dict[str, Any], assert_sound: Callable[[Ran], None]
) -> None:
    with serving(FRUITLESS[case]) as (url, seen):
        ran = run_draft("--model", "openai:x", "--call-seconds", "2", OPENAI_BASE_URL=url)
    assert seen.bodies
    assert_sound(ran)
    assert_fruitless(ran, plain)


@pytest.mark.parametrize("case", sorted(FRUITLESS.keys() - set(BY_PROCESS)))
def test_neither_does_any_other_kind_of_reply_change_it(
    case: str, draft_here: DraftHere, plain: dict[str, Any], assert_sound: Callable[[Ran], None]
) -> None:
    from jobtwin.review.model.settings import ModelSettings

    with serving(FRUITLESS[case]) as (url, seen):
        ran = draft_here(url, ModelSettings(call_seconds=1, first_wait=0.01))
    assert seen.bodies
    assert_sound(ran)
    assert_fruitless(ran, plain)


@pytest.mark.parametrize("note", ["The lines show it.", MARKUP])
def test_a_server_that_always_says_met_stays_inside_the_bounds(
    note: str, run_draft: Draft, plain: dict[str, Any], assert_sound: Callable[[Ran], None]
) -> None:
    with serving(say(lambda message: verdict(message, note=note))) as (url, seen):
        ran = run_draft("--model", "openai:x", OPENAI_BASE_URL=url)
    assert_sound(ran)
    assert plain["overall"]["score"] < ran.document["overall"]["score"] <= plain["overall"]["upper"]
    assert not any("key-of-the-test" in body for body in seen.bodies)


def in_anthropics_protocol(handler: Handler, message: str) -> None:
    reply = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "x",
        "content": [{"type": "text", "text": verdict(message)}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 900, "output_tokens": 60},
    }
    handler.send_bytes(200, json.dumps(reply).encode())


def in_the_responses_protocol(handler: Handler, message: str) -> None:
    text = {"type": "output_text", "text": verdict(message), "annotations": []}
    said = {"type": "message", "id": "o", "status": "completed", "role": "assistant", "content": [text]}
    reply = {
        "id": "r",
        "object": "response",
        "created_at": 1,
        "model": "x",
        "status": "completed",
        "output": [said],
        "parallel_tool_calls": False,
        "tool_choice": "none",
        "tools": [],
        "usage": {"input_tokens": 900, "output_tokens": 60, "total_tokens": 960},
    }
    handler.send_bytes(200, json.dumps(reply).encode())


@pytest.mark.parametrize(
    ("model", "respond"),
    [("anthropic:x", in_anthropics_protocol), ("openai-responses:x", in_the_responses_protocol)],
)
def test_the_other_protocols_are_spoken_as_well(
    model: str, respond: Respond, run_draft: Draft, assert_sound: Callable[[Ran], None]
) -> None:
    with serving(respond) as (url, _):
        ran = run_draft(
            "--model",
            model,
            OPENAI_BASE_URL=url,
            ANTHROPIC_BASE_URL=url.removesuffix("/v1"),
            ANTHROPIC_API_KEY="k",
        )
    assert_sound(ran)
    assert set(ran.document["usage"]["outcomes"]) == {"met"}
    assert ran.document["usage"]["tokens_in"] == 900 * ran.document["usage"]["calls"]


def test_a_fallback_answers_where_the_first_model_is_down(
    run_draft: Draft, assert_sound: Callable[[Ran], None]
) -> None:
    def respond(handler: Handler, message: str) -> None:
        if json.loads(handler.seen.bodies[-1])["model"] == "first":
            handler.send_bytes(404, b"{}")
        else:
            handler.say(verdict(message, verdict="not_met"))

    with serving(respond) as (url, _):
        ran = run_draft("--model", "openai:first", "--fallback", "openai-chat:second", OPENAI_BASE_URL=url)
    assert_sound(ran)
    assert ran.document["usage"]["models_down"] == ["openai:first"]
    assert ran.document["usage"]["outcomes"]["not_met"] > 0


def test_a_second_run_with_the_same_cache_asks_nothing(run_draft: Draft, tmp_path: Path) -> None:
    with serving(say(verdict)) as (url, seen):
        arguments = ("--model", "openai:x", "--cache", str(tmp_path / "answers"))
        first = run_draft(*arguments, OPENAI_BASE_URL=url)
        sent = len(seen.bodies)
        second = run_draft(*arguments, OPENAI_BASE_URL=url)
    assert sent == first.document["usage"]["calls"] > 0
    assert len(seen.bodies) == sent
    assert second.document["dimensions"] == first.document["dimensions"]


def test_a_budget_of_calls_is_kept_and_the_cost_is_told(run_draft: Draft, tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text('{"openai:x": {"tokens_in": "1", "tokens_out": "10"}}')
    with serving(say(lambda message: verdict(message, verdict="unclear"))) as (url, seen):
        ran = run_draft(
            "--model", "openai:x", "--max-calls", "5", "--prices", str(prices), OPENAI_BASE_URL=url
        )
    assert len(seen.bodies) == ran.document["usage"]["calls"] == 5
    assert ran.document["usage"]["cost"] == pytest.approx(5 * (900 * 1 + 60 * 10) / 1e6)
    notes = [c["note"] for d in ran.document["dimensions"] for c in d["criteria"]]
    assert any(note.startswith("budget") for note in notes)


def test_the_requests_offer_no_tool_and_hold_no_secret_of_the_submission(
    run_draft: Draft, sample: Path, tmp_path: Path
) -> None:
    from jobtwin.cli.sample import MOMENT
    from jobtwin.source.repository import commit_folder

    key = "ghp_" + "a1B2" * 9
    (tmp_path / "in").mkdir()
    (tmp_path / "in/README.md").write_text(
        f"# Users\n\nThe user is the clerk; the situation is a queue. Write to ada@example.org with {key}.\n"
    )
    commit_folder(tmp_path / "in", tmp_path / "out", message="by Ada Lovelace", moment=MOMENT)
    with serving(say(verdict)) as (url, seen):
        ran = run_draft("--model", "openai:x", source=tmp_path / "out", OPENAI_BASE_URL=url)
    assert ran.code == 0
    assert seen.bodies
    for body in seen.bodies:
        assert not {"tools", "functions"} & json.loads(body).keys()
        assert not any(secret in body for secret in (key, "ada@example.org", "Lovelace"))


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (("--model", "nonsense"), {}, "PROVIDER:MODEL"),
        (("--model", "anthropic:x"), {"ANTHROPIC_API_KEY": ""}, "ANTHROPIC_API_KEY is not set"),
        (("--model", "openai:x"), {"OPENAI_BASE_URL": "file:///etc"}, "OPENAI_BASE_URL"),
        (("--model", "openai:x", "--max-cost", "1"), {}, "--prices"),
    ],
)
def test_an_unusable_model_is_told_in_one_line_with_exit_2(
    arguments: tuple[str, ...], environment: dict[str, str], said: str, run_draft: Draft
) -> None:
    ran = run_draft(*arguments, **environment)
    assert (ran.code, ran.text) == (2, "")
    assert said in ran.errors
    assert ran.errors.count("\n") == 1
