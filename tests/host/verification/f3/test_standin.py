"""The stand-in model over HTTP, as clients of the OpenAI protocol meet it."""

import http.client
import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest

from jobtwin.verification.f3.inside.standin import StandIn

pytestmark = pytest.mark.host

SCHEMA = {
    "type": "object",
    "properties": {"grade": {"enum": ["A", "B"]}, "why": {"type": "string"}},
    "required": ["grade", "why"],
    "additionalProperties": False,
}
TOOLS = [
    {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}},
    {"type": "function", "function": {"name": "final_result", "parameters": SCHEMA}},
]
ASKED = {"model": "gpt-any", "messages": [{"role": "user", "content": "2 + 2?"}]}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: StandIn, path: str, body: Any = None, *, raw: bytes | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    content = raw if raw is not None else None if body is None else json.dumps(body).encode()
    connection.request("GET" if content is None else "POST", path, content)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def asked(server: StandIn, path: str, body: Any = None) -> Any:
    status, text = ask(server, path, body)
    assert status == 200, text
    return json.loads(text)


def events(text: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def test_a_question_is_answered_plainly_and_always_the_same(standin: StandIn) -> None:
    first = asked(standin, "/v1/chat/completions", ASKED)
    assert first == asked(standin, "/chat/completions", ASKED)
    assert first["model"] == "gpt-any"
    assert first["choices"][0]["finish_reason"] == "stop"
    assert "stand-in model" in first["choices"][0]["message"]["content"]
    assert dict(standin.calls) == {"chat": 2}


def test_several_choices_are_given_where_asked_for(standin: StandIn) -> None:
    choices = asked(standin, "/v1/chat/completions", {**ASKED, "n": 3})["choices"]
    assert [one["index"] for one in choices] == [0, 1, 2]


@pytest.mark.parametrize(
    ("format_", "keys"),
    [
        ({"type": "json_object"}, {"answer"}),
        ({"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}, {"grade", "why"}),
    ],
)
def test_json_is_answered_with_json(standin: StandIn, format_: dict[str, object], keys: set[str]) -> None:
    answer = asked(standin, "/v1/chat/completions", {**ASKED, "response_format": format_})
    assert set(json.loads(answer["choices"][0]["message"]["content"])) == keys


def test_a_free_choice_of_tools_is_answered_plainly(standin: StandIn) -> None:
    answer = asked(standin, "/v1/chat/completions", {**ASKED, "tools": TOOLS, "tool_choice": "auto"})
    assert "tool_calls" not in answer["choices"][0]["message"]
    assert answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("choice", "name"),
    [
        ("required", "final_result"),
        ({"type": "function", "function": {"name": "final_result"}}, "final_result"),
        ({"type": "function", "function": {"name": "look_up"}}, "look_up"),
    ],
)
def test_a_forced_tool_is_called_with_valid_arguments(standin: StandIn, choice: object, name: str) -> None:
    answer = asked(standin, "/v1/chat/completions", {**ASKED, "tools": TOOLS, "tool_choice": choice})
    message = answer["choices"][0]["message"]
    assert answer["choices"][0]["finish_reason"] == "tool_calls"
    assert message["tool_calls"][0]["function"]["name"] == name
    arguments = json.loads(message["tool_calls"][0]["function"]["arguments"])
    assert set(arguments) == ({"grade", "why"} if name == "final_result" else set())


def test_a_streamed_answer_says_what_a_whole_one_says(standin: StandIn) -> None:
    whole = asked(standin, "/v1/chat/completions", ASKED)["choices"][0]["message"]["content"]
    body = {**ASKED, "stream": True, "stream_options": {"include_usage": True}}
    *chunks, usage, done = events(ask(standin, "/v1/chat/completions", body)[1])
    assert "".join(one["choices"][0]["delta"].get("content", "") for one in chunks) == whole
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert usage["usage"]["total_tokens"] > 0
    assert done == "[DONE]"
    assert standin.calls["chat_streamed"] == 1


def test_the_responses_protocol_is_spoken_whole_and_streamed(standin: StandIn) -> None:
    body = {"model": "m", "input": "hello", "text": {"format": {"type": "json_schema", "schema": SCHEMA}}}
    whole = asked(standin, "/v1/responses", body)
    text = whole["output"][0]["content"][0]["text"]
    assert set(json.loads(text)) == {"grade", "why"}
    streamed = events(ask(standin, "/v1/responses", {**body, "stream": True})[1])
    assert [one["sequence_number"] for one in streamed] == list(range(len(streamed)))
    assert streamed[0]["type"] == "response.created"
    assert streamed[-1]["type"] == "response.completed"
    assert "".join(one["delta"] for one in streamed if one["type"] == "response.output_text.delta") == text


def test_the_responses_protocol_calls_a_forced_tool(standin: StandIn) -> None:
    tools = [{"type": "function", "name": "final_result", "parameters": SCHEMA}]
    body = {"model": "m", "input": "x", "tools": tools, "tool_choice": "required"}
    item = asked(standin, "/v1/responses", body)["output"][0]
    assert (item["type"], item["name"]) == ("function_call", "final_result")
    assert set(json.loads(item["arguments"])) == {"grade", "why"}


def test_embeddings_are_unit_vectors_that_depend_on_the_text_alone(standin: StandIn) -> None:
    body = {"model": "e", "input": ["a", "b", "a"], "dimensions": 8}
    data = [one["embedding"] for one in asked(standin, "/v1/embeddings", body)["data"]]
    assert data[0] == data[2] != data[1]
    assert sum(number**2 for number in data[0]) == pytest.approx(1.0)
    packed = asked(standin, "/v1/embeddings", {**body, "input": "a", "encoding_format": "base64"})
    assert len(b64decode(packed["data"][0]["embedding"])) == 8 * 4


def test_models_are_listed_and_any_name_is_known(standin: StandIn) -> None:
    assert [one["id"] for one in asked(standin, "/v1/models")["data"]] == ["stand-in"]
    assert asked(standin, "/v1/models/gpt-any")["id"] == "gpt-any"


@pytest.mark.parametrize(
    "body",
    [
        {**ASKED, "response_format": {"type": "json_schema"}},
        {**ASKED, "tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "none"}}},
        {**ASKED, "tools": 3, "tool_choice": "required"},
        {**ASKED, "response_format": {"type": "json_schema", "json_schema": {"schema": {"$ref": "#"}}}},
        [1, 2],
    ],
    ids=str,
)
def test_a_request_that_cannot_be_answered_is_refused_with_a_reason(standin: StandIn, body: object) -> None:
    status, text = ask(standin, "/v1/chat/completions", body)
    assert status == 400
    assert json.loads(text)["error"]["message"]
    assert standin.calls == {"refused": 1}


def test_a_body_that_is_no_json_is_refused_and_the_next_request_is_answered(standin: StandIn) -> None:
    assert ask(standin, "/v1/chat/completions", raw=b"[" * 200_000)[0] == 400
    assert ask(standin, "/v1/chat/completions", raw=b"\xff")[0] == 400
    assert asked(standin, "/v1/chat/completions", ASKED)


def test_another_path_is_told_and_counted(standin: StandIn) -> None:
    assert ask(standin, "/v1/messages", ASKED)[0] == 404
    assert ask(standin, "/v1/images", {})[0] == 404
    assert dict(standin.unknown) == {"/v1/messages": 1, "/v1/images": 1}


def test_many_clients_at_once_are_all_answered(standin: StandIn) -> None:
    threads = [
        threading.Thread(target=asked, args=(standin, "/v1/chat/completions", ASKED)) for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert standin.calls["chat"] == 40
