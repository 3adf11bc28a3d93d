"""What the stand-in model says: pure functions from a request of the OpenAI protocol to its answer.

Every text is the same sentence; where a request asks for JSON the answer is valid JSON, where it
forces a tool the answer calls one with valid arguments. Nothing here pretends to understand anything.
"""

import hashlib
import json
import struct
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .schema import Values

NAME = "stand-in"
SENTENCE = "This is the stand-in model: it understands nothing and says the same to everyone."
DIMENSIONS, MAX_INPUTS = 64, 2048
CREATED = 1_700_000_000
"""Answers bear one fixed time, so that the same request always gives the same bytes."""


class BadRequest(ValueError):
    """A request that the protocol does not allow."""


@dataclass(frozen=True)
class Reply:
    """The text, or the name and JSON arguments of a tool; how many patterns of a schema stayed unmet."""

    text: str
    tool: tuple[str, str] | None = None
    unmet: int = 0


def digest(request: Any) -> str:
    """A name for a request: the same one gets the same answer."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def reply_to(request: dict[str, Any]) -> Reply:
    """The reply to a chat or responses request. Raises BadRequest and schema.TooLarge."""
    seed = digest(request.get("messages") or request.get("input"))
    tool = _forced_tool(request)
    if tool is not None:
        name, schema = tool
        values = Values(schema, seed)
        return Reply("", (name, json.dumps(values.make())), values.unmet)
    wanted = _wanted_format(request)
    kind = wanted.get("type", "text")
    if kind == "json_object":
        return Reply(json.dumps({"answer": SENTENCE}))
    if kind == "json_schema":
        inner = wanted.get("json_schema", wanted)
        if not isinstance(inner, dict) or not isinstance(inner.get("schema"), dict):
            raise BadRequest("a json_schema format holds a schema")
        values = Values(inner["schema"], seed)
        return Reply(json.dumps(values.make()), None, values.unmet)
    return Reply(SENTENCE)


def _wanted_format(request: dict[str, Any]) -> dict[str, Any]:
    found = request.get("response_format")
    if found is None and isinstance(request.get("text"), dict):
        found = request["text"].get("format")
    return found if isinstance(found, dict) else {}


def _forced_tool(request: dict[str, Any]) -> tuple[str, Any] | None:
    """Name and parameters of the tool that must be called; a free choice is answered plainly."""
    tools = [one.get("function", one) for one in request.get("tools") or [] if isinstance(one, dict)]
    choice = request.get("tool_choice")
    if isinstance(choice, dict):
        name = choice.get("function", choice).get("name")
        tools = [one for one in tools if one.get("name") == name]
        if not tools:
            raise BadRequest("tool_choice names a tool that is not offered")
    elif choice != "required" or not tools:
        return None
    # Where several may be called, the last is the one that clients append to end a conversation.
    return str(tools[-1].get("name")), tools[-1].get("parameters") or {"type": "object"}


def _usage(request: Any, reply: Reply) -> dict[str, int]:
    asked = len(json.dumps(request)) // 4
    told = len(reply.text or str(reply.tool)) // 4 + 1
    return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def _message(reply: Reply, name: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.tool is not None:
        function = {"name": reply.tool[0], "arguments": reply.tool[1]}
        message["tool_calls"] = [{"id": f"call_{name[:16]}", "type": "function", "function": function}]
    return message


def chat(request: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """The body of a chat completion."""
    name = digest(request)
    message = _message(reply, name)
    reason = "tool_calls" if reply.tool else "stop"
    count = request.get("n") if isinstance(request.get("n"), int) else 1
    choice = {"message": message, "finish_reason": reason, "logprobs": None}
    return {
        "id": f"chatcmpl-{name[:24]}",
        "object": "chat.completion",
        "created": CREATED,
        "model": request.get("model") or NAME,
        "choices": [{"index": index, **choice} for index in range(min(max(count or 1, 1), 128))],
        "usage": _usage(request, reply),
    }


def chat_events(request: dict[str, Any], reply: Reply) -> Iterator[dict[str, Any] | str]:
    """The events of a streamed chat completion; the last is the text [DONE]."""
    whole = chat({**request, "n": 1}, reply)
    head = {**whole, "object": "chat.completion.chunk", "usage": None}
    message = whole["choices"][0]["message"]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    half = len(reply.text) // 2
    deltas += [{"content": part} for part in (reply.text[:half], reply.text[half:]) if part]
    deltas += [{"tool_calls": [{"index": 0, **call}]} for call in message.get("tool_calls", [])]
    for delta in deltas:
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None, "logprobs": None}]}
    reason = whole["choices"][0]["finish_reason"]
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason, "logprobs": None}]}
    if (request.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": whole["usage"]}
    yield "[DONE]"


def response(request: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """The body of an answer in the responses protocol."""
    name = digest(request)
    usage = _usage(request, reply)
    if reply.tool is not None:
        item: dict[str, Any] = {
            "type": "function_call",
            "id": f"fc_{name[:24]}",
            "call_id": f"call_{name[:16]}",
            "name": reply.tool[0],
            "arguments": reply.tool[1],
            "status": "completed",
        }
    else:
        part = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
        item = {"type": "message", "id": f"msg_{name[:24]}", "role": "assistant", "status": "completed"}
        item["content"] = [part]
    return {
        "id": f"resp_{name[:24]}",
        "object": "response",
        "created_at": CREATED,
        "status": "completed",
        "model": request.get("model") or NAME,
        "output": [item],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "top_p": 1.0,
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": usage["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage["total_tokens"],
        },
    }


def response_events(request: dict[str, Any], reply: Reply) -> Iterator[dict[str, Any]]:
    """The events of a streamed answer in the responses protocol, numbered from 0."""
    whole = response(request, reply)
    item = whole["output"][0]
    started = {**whole, "status": "in_progress", "output": [], "usage": None}
    place: dict[str, Any] = {"item_id": item["id"], "output_index": 0}
    opening = {**item, "status": "in_progress"}
    said: dict[str, Any]
    delta: dict[str, Any]
    if reply.tool is not None:
        word, said = "function_call_arguments", {"arguments": reply.tool[1]}
        opening, delta = {**opening, "arguments": ""}, {"delta": reply.tool[1]}
        around: list[tuple[str, dict[str, Any]]] = []
    else:
        place["content_index"] = 0
        word, said, delta = (
            "output_text",
            {"text": reply.text, "logprobs": []},
            {"delta": reply.text, "logprobs": []},
        )
        opening = {**opening, "content": []}
        empty = {**item["content"][0], "text": ""}
        around = [("response.content_part.added", {**place, "part": empty})]
    events: list[tuple[str, dict[str, Any]]] = [
        ("response.created", {"response": started}),
        ("response.in_progress", {"response": started}),
        ("response.output_item.added", {"output_index": 0, "item": opening}),
        *around,
        (f"response.{word}.delta", {**place, **delta}),
        (f"response.{word}.done", {**place, **said}),
        *(("response.content_part.done", {**place, "part": item["content"][0]}) for _ in around),
        ("response.output_item.done", {"output_index": 0, "item": item}),
        ("response.completed", {"response": whole}),
    ]
    for number, (kind, body) in enumerate(events):
        yield {"type": kind, "sequence_number": number, **body}


def embeddings(request: dict[str, Any]) -> dict[str, Any]:
    """Vectors of length 1 made from a hash of each input. Raises BadRequest."""
    given = request.get("input")
    inputs = given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
    size = request.get("dimensions", DIMENSIONS)
    if given in (None, "", []) or len(inputs) > MAX_INPUTS:
        raise BadRequest(f"embeddings take between 1 and {MAX_INPUTS} inputs")
    if not isinstance(size, int) or not 1 <= size <= 4096:
        raise BadRequest("dimensions is a number between 1 and 4096")
    plain = request.get("encoding_format") != "base64"
    vectors = (vector(json.dumps(one), size) for one in inputs)
    data = [
        {"object": "embedding", "index": index, "embedding": one if plain else _packed(one)}
        for index, one in enumerate(vectors)
    ]
    tokens = len(json.dumps(given)) // 4
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": request.get("model") or NAME, "data": data, "usage": usage}


def vector(text: str, size: int) -> list[float]:
    """A unit vector that depends on the text alone."""
    raw = hashlib.shake_256(text.encode()).digest(size * 2)
    numbers = [number / 32768 - 1 or 1.0 for number in struct.unpack(f"<{size}H", raw)]
    length = sum(number * number for number in numbers) ** 0.5
    return [number / length for number in numbers]


def _packed(numbers: list[float]) -> str:
    return b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def models() -> dict[str, Any]:
    """The list of models: one."""
    return {"object": "list", "data": [model(NAME)]}


def model(name: str) -> dict[str, Any]:
    """The description of a model of any name."""
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "jobtwin"}
