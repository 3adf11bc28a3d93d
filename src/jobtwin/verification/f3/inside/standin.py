"""The stand-in model as a server on the sandbox's loopback: the OpenAI protocol, and a count of calls."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from . import answers
from .schema import TooLarge

MAX_BODY = 8 * 1024 * 1024
MAX_UNKNOWN = 20
IDLE_SECONDS = 120
_KINDS = {"/chat/completions": "chat", "/responses": "responses", "/embeddings": "embeddings"}


class StandIn(ThreadingHTTPServer):
    """Listens on the loopback, on a free port where none is given; `calls` counts answers by kind, `unknown`
    other paths."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def count(self, kind: str) -> None:
        with self._lock:
            self.calls[kind] += 1

    def count_unknown(self, path: str) -> None:
        path = path[:100]
        with self._lock:
            if path in self.unknown or len(self.unknown) < MAX_UNKNOWN:
                self.unknown[path] += 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news, and the run's own output stays its own."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1  # head and body in one packet: in two, every answer waits for a delayed acknowledgement

    def do_GET(self) -> None:
        path = urlsplit(self.path).path.rstrip("/")
        _, found, name = path.partition("/models")
        if not found:
            self._unknown()
        else:
            self.server.count("models")
            self._send(answers.model(unquote(name[1:])) if name else answers.models())

    def do_POST(self) -> None:
        kind = self._kind()
        try:
            request = self._request()
            if kind is None:
                self._unknown()
            elif kind == "embeddings":
                self._send(answers.embeddings(request))
                self.server.count(kind)
            else:
                self._answer(kind, request)
        except (answers.BadRequest, TooLarge, TypeError, AttributeError, RecursionError) as error:
            self.server.count("refused")
            self._fail(400, str(error))

    def _kind(self) -> str | None:
        path = urlsplit(self.path).path.rstrip("/")
        return next((kind for end, kind in _KINDS.items() if path.endswith(end)), None)

    def _request(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError as error:
            self.close_connection = True
            raise answers.BadRequest("a request has a Content-Length") from error
        if not 0 <= length <= MAX_BODY:
            self.close_connection = True
            raise answers.BadRequest(f"a request has at most {MAX_BODY} bytes")
        body = self.rfile.read(length)
        try:
            request = json.loads(body or b"{}")
        except ValueError as error:
            raise answers.BadRequest("the request is not JSON") from error
        if not isinstance(request, dict):
            raise answers.BadRequest("the request is not a JSON object")
        return request

    def _answer(self, kind: str, request: dict[str, Any]) -> None:
        reply = answers.reply_to(request)
        streams = bool(request.get("stream"))
        whole, events = _FORMS[kind]
        if streams:
            self._stream(events(request, reply))
        else:
            self._send(whole(request, reply))
        self.server.count(f"{kind}_streamed" if streams else kind)
        if reply.unmet:
            self.server.count("schema_patterns_unmet")

    def _stream(self, events: Iterable[dict[str, Any] | str]) -> None:
        lines = []
        for event in events:
            name = f"event: {event['type']}\n" if isinstance(event, dict) and "type" in event else ""
            lines.append(f"{name}data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
        self._write(200, "text/event-stream", "".join(lines).encode())

    def _send(self, body: dict[str, Any]) -> None:
        self._write(200, "application/json", json.dumps(body).encode())

    def _unknown(self) -> None:
        self.server.count_unknown(urlsplit(self.path).path)
        self._fail(404, "the stand-in model knows chat/completions, responses, embeddings and models")

    def _fail(self, status: int, said: str) -> None:
        body = {
            "error": {"message": said[:300], "type": "invalid_request_error", "param": None, "code": None}
        }
        self._write(status, "application/json", json.dumps(body).encode())

    def _write(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of the library
        """Nothing: the run's own output stays its own."""


_FORMS: dict[str, tuple[Callable[..., dict[str, Any]], Callable[..., Iterable[dict[str, Any] | str]]]] = {
    "chat": (answers.chat, answers.chat_events),
    "responses": (answers.response, answers.response_events),
}
