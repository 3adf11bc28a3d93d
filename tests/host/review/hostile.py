"""A server on loopback that speaks the OpenAI protocol and works for the attacker."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Respond = Callable[["Handler", str], None]
"""Answers one request, given the message that the model was sent."""

SPAN = re.compile(r"span (s-[0-9a-f]+) from")
CRITERION = re.compile(r"Statement ([\w.-]+):")


def _said(body: dict[str, Any]) -> str:
    """The last message of a request in the chat, Anthropic or Responses protocol."""
    content = (body.get("messages") or body["input"])[-1]["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


@dataclass
class Seen:
    """What the server was sent, in order; `let_go` ends the threads that hang."""

    bodies: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Reads a chat request and lets the respond function do what it likes."""

    protocol_version = "HTTP/1.1"
    respond: ClassVar[Respond]
    seen: ClassVar[Seen]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self.seen.bodies.append(body)
        message = _said(json.loads(body))
        self.seen.messages.append(message)
        type(self).respond(self, message)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        pass

    def send_bytes(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say(self, content: str) -> None:
        """A well-formed reply of the protocol with any content."""
        reply = {
            "id": "r",
            "object": "chat.completion",
            "created": 1,
            "model": "x",
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
            ],
            "usage": {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960},
        }
        self.send_bytes(200, json.dumps(reply).encode())


def verdict(message: str, *, verdict: str = "met", note: str = "The lines show it.", most: int = 5) -> str:
    """The answer that a well-behaved reader of the message could give."""
    found = CRITERION.search(message)
    spans = SPAN.findall(message)[:most]
    return json.dumps(
        {
            "criterion_id": found[1] if found else "",
            "verdict": verdict,
            "span_ids": spans,
            "note": note,
        }
    )


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is what these tests are about."""


@contextmanager
def serving(respond: Respond) -> Iterator[tuple[str, Seen]]:
    """The base URL of a server that answers with `respond`, and what it sees."""
    seen = Seen()
    handler = type("Bound", (Handler,), {"respond": staticmethod(respond), "seen": seen})
    server = _Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        seen.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
