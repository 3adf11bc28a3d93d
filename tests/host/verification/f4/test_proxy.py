"""F4 through the operator's proxy: what it is told, and who is to blame where it fails."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobtwin.core.check import CheckResult, Reason
from jobtwin.source.git import GitSettings
from jobtwin.verification.f4.check import Outside, check_f4
from tests.host.verification.f4.net import ADA, NAME, PUBLIC, Net, settings
from tests.host.verification.f4.web import WebServer
from tests.verification.f4.hosts import subject

pytestmark = pytest.mark.host


class Proxy(socketserver.ThreadingTCPServer):
    """Takes CONNECT, keeps what it was asked for, and says `status`; 200 leads to `port`."""

    daemon_threads = True

    def __init__(self, port: int, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.port, self.status = port, status
        self.asked: list[str] = []


class Tunnel(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        self.server.asked.append(self.rfile.readline().decode().strip())
        while self.rfile.readline().strip():
            pass
        self.wfile.write(f"HTTP/1.1 {self.server.status} X\r\n\r\n".encode())
        if self.server.status == 200:
            with socket.create_connection(("127.0.0.1", self.server.port)) as behind:
                back = threading.Thread(target=pass_on, args=(behind, self.connection))
                back.start()
                pass_on(self.connection, behind)
                back.join()


def pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxied(port: int, status: int = 200) -> Iterator[Proxy]:
    with Proxy(port, status) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


def through(proxy: Proxy, folder: Path, net: Net, **more: Any) -> CheckResult:
    address = f"http://127.0.0.1:{proxy.server_address[1]}"
    network = GitSettings(ca_file=str(folder / "cert.pem"), proxy=address, **more)
    chosen = settings(folder, network=network, controls=(NAME,))
    outside = Outside(net.resolve, socket.create_connection)
    return check_f4(subject(), address=f"https://{ADA}/page", settings=chosen, outside=outside)


def test_a_proxy_is_told_the_judged_address_and_not_the_name(secure: WebServer, folder: Path) -> None:
    with proxied(secure.port) as proxy:
        result = through(proxy, folder, Net(0))
    assert proxy.asked[0] == f"CONNECT {PUBLIC}:443 HTTP/1.1"
    assert "certificate of ada.dev" in result.summary


def test_a_proxy_that_resolves_is_told_the_name(secure: WebServer, folder: Path) -> None:
    net = Net(0)
    with proxied(secure.port) as proxy:
        through(proxy, folder, net, proxy_resolves=True)
    assert proxy.asked[0] == f"CONNECT {ADA}:443 HTTP/1.1"
    assert net.looked_up == []


def test_a_proxy_that_lets_nothing_through_is_our_fault(secure: WebServer, folder: Path) -> None:
    with proxied(secure.port, 403) as proxy:
        result = through(proxy, folder, Net(0))
    assert result.reason is Reason.INFRASTRUCTURE
    assert "the proxy could not reach" in result.summary


def test_a_proxy_that_is_not_there_is_our_fault(folder: Path) -> None:
    with proxied(1) as gone:
        pass
    result = through(gone, folder, Net(0))
    assert result.reason is Reason.INFRASTRUCTURE
