"""A git host on loopback: https with a certificate made on the spot, and every way to misbehave.

`/repo.git` is served by `git http-backend`. `/moved` answers with a redirect, `/login` asks for a
password, `/silent` never answers, `/half.git` answers the first question only, `/plain` serves files
(the dumb protocol), `/broken` says what no git host says, `/down` fails. `/private.git` is `/repo.git`
for whoever sends LOGIN; `/elsewhere` wants LOGIN, too, and leads to another host; `/echo` refuses every
login and repeats it.
"""

import datetime as dt
import ipaddress
import os
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOGIN = ("x-access-token", "tok_open-sesame")  # a token of nobody's


@dataclass
class Host:
    """A running host: its port, the certificate to trust, and the paths it was asked for."""

    port: int
    ca_file: Path
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """Every Authorization header that came."""

    def url(self, path: str, *, host: str = "127.0.0.1", scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}/{path}"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and git.example.org, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test host")])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [
        x509.DNSName("git.example.org"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, secret


class GitServer(ThreadingHTTPServer):
    """Serves the bare repositories below `projects`; `closing` frees the requests that are kept waiting."""

    daemon_threads = True

    def __init__(self, projects: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.projects = projects
        self.closing = threading.Event()
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.elsewhere = ""


class Handler(BaseHTTPRequestHandler):
    """Answers by the first step of the path."""

    timeout = 10
    server: GitServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(_body(self))

    def _answer(self, body: bytes) -> None:
        self.server.asked.append(self.path)
        place, sent = self.path.split("/")[1], self.headers.get("Authorization", "")
        self.server.sent += [sent] if sent else []
        if place in ("private.git", "elsewhere", "echo"):
            place = self._admitted(place, sent)
        known = {
            "moved": (302, b"", {"Location": f"/repo.git/info{self.path.partition('/info')[2]}"}),
            "login": (401, b"", {"WWW-Authenticate": 'Basic realm="x"'}),
            "gone": (404, b"", {}),
            "elsewhere": (
                302,
                b"",
                {"Location": self.server.elsewhere + self.path.removeprefix("/elsewhere")},
            ),
            "echo": (403, f"not {sent}".encode(), {"Content-Type": "text/plain"}),
            "down": (503, b"", {}),
            "broken": (200, b"zzzz", {"Content-Type": "application/x-git-upload-pack-advertisement"}),
        }
        if place in known:
            self._send(*known[place])
        elif place == "silent" or (place == "half.git" and b"command=fetch" in body):
            self.server.closing.wait(30)
        elif place == "plain":
            self._file()
        else:
            self._backend(body)

    def _admitted(self, place: str, sent: str) -> str:
        """The place to go on with: `login` for whoever sends no login, or a wrong one where it matters."""
        right = "Basic " + b64encode(":".join(LOGIN).encode()).decode()
        if not sent or (place != "echo" and sent != right):
            return "login"
        return "repo.git" if place == "private.git" else place

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _file(self) -> None:
        path = self.server.projects / "repo.git" / self.path.removeprefix("/plain/").partition("?")[0]
        if path.is_file():
            self._send(200, path.read_bytes(), {})
        else:
            self._send(404, b"", {})

    def _backend(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.projects),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path.replace("half.git", "repo.git").replace("private.git", "repo.git"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
        }
        answer = subprocess.run(
            ["git", "http-backend"], env=environment, input=body, capture_output=True, check=False
        )
        head, _, content = answer.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if line)
        status = int(headers.pop("Status", "200").split()[0])
        self._send(status, content, headers)


@contextmanager
def serve(projects: Path, folder: Path, *, encrypted: bool = True, elsewhere: str = "") -> Iterator[Host]:
    """A host for the bare repositories below `projects`, ended with the block."""
    pem, secret = make_certificate(folder)
    server = GitServer(projects)
    server.elsewhere = elsewhere
    if encrypted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, secret)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Host(server.server_port, pem, server.asked, server.sent)
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _body(request: BaseHTTPRequestHandler) -> bytes:
    """The whole body, of known length or in chunks (RFC 9112, section 7.1)."""
    if request.headers.get("Transfer-Encoding") != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length", "0")))
    body = b""
    while size := int(request.rfile.readline(), 16):
        body += request.rfile.read(size)
        request.rfile.readline()
    request.rfile.readline()
    return body
