"""A web server on loopback with every way to misbehave, over https with a certificate made on the spot.

`/page` is a page; `/to?URL` redirects; `/loris` sends one letter at a time for ever; `/endless` sends as
fast as it can for ever; `/silent` sends nothing; `/asked` tells what it was asked.
"""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from tests.host.source.server import make_certificate

PAGE = (
    b"<html><title>Kerbside</title><body><p>" + b"How a report finds its way. " * 10 + b"</p></body></html>"
)


class WebServer(ThreadingHTTPServer):
    """`closing` frees the requests that are kept waiting; `requests` keeps what was asked; `documents` holds
    what stands at a path instead of a page."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.closing = threading.Event()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.documents: dict[str, bytes] = {}
        self.handshakes: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: WebServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.requests.append(
            (self.path, {name.lower(): value for name, value in self.headers.items()})
        )
        path, _, rest = self.path.partition("?")
        with contextlib.suppress(OSError):
            if path == "/to":
                self._send(302, b"", Location=unquote(rest), Set_Cookie="seen=1")
            elif path in {"/loris", "/endless", "/silent"}:
                self._for_ever(path)
            else:
                self._send(200, self.server.documents.get(path, PAGE))

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Type": "text/html", "Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _for_ever(self, path: str) -> None:
        if path == "/silent":
            self.server.closing.wait()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        piece, pause = (b"x", 0.02) if path == "/loris" else (PAGE * 300, 0)
        while not self.server.closing.wait(pause):
            self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the library
        """Nothing."""


@contextlib.contextmanager
def serving(folder: Path | None) -> Iterator[WebServer]:
    """A running server; https with the certificate of `folder`/cert.pem, made there, else plain http."""
    server = WebServer()
    if folder is not None:
        certificate, key = make_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda _socket, name, _context: server.handshakes.append(name or "")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
