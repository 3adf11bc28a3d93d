"""Connections: to the very address that was looked up once and judged, with TLS, within a deadline."""

import io
import re
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.outside.settings import RequestLimits, RequestSettings
from jobtwin.outside.target import BadTarget, Target
from jobtwin.source.host import Resolver, resolve_host

Connect = Callable[[tuple[str, int], float], socket.socket]
"""A function from (address, port) and seconds to a connected socket; `socket.create_connection` is one."""


class Unreachable(Exception):
    """No answer came: the host, or our own network, is to blame. The text is a sentence."""


class OwnNetwork(Exception):
    """What failed is the operator's: the proxy, or its certificates."""


class Overtime(Exception):
    """The host was reached, and took longer than a limit allows."""


@dataclass
class Deadline:
    """One point in time for everything; `left` raises Overtime once it has passed."""

    at: float
    clock: Callable[[], float]
    limits: RequestLimits

    def left(self, most: float) -> float:
        """Seconds for the next step, at most `most`."""
        remaining = self.at - self.clock()
        if remaining <= 0:
            raise Overtime(f"it took longer than {self.limits.seconds:g} s (limit seconds)")
        return min(remaining, most)


class Link(io.RawIOBase):
    """What comes through a connection, read within the deadline; `cap` bounds the bytes."""

    def __init__(self, connection: socket.socket, deadline: Deadline, cap: int) -> None:
        self._connection = connection
        self._deadline = deadline
        self._left = cap
        self.capped = False

    def allow(self, more: int) -> None:
        """Raise the cap, once the head of an answer is read."""
        self._left += more

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left <= 0:
            self.capped = True
            return 0
        self._connection.settimeout(self._deadline.left(self._deadline.limits.silence_seconds))
        try:
            count = self._connection.recv_into(memoryview(buffer)[: self._left])
        except TimeoutError as error:
            self._deadline.left(1)
            silence = self._deadline.limits.silence_seconds
            raise Overtime(f"it was silent for {silence:g} s (limit silence_seconds)") from error
        self._left -= count
        return count


@dataclass(frozen=True)
class Dialler:
    """Opens connections for one request and its redirects. `connect` and `resolver` are the only way out of
    this machine."""

    settings: RequestSettings
    resolver: Resolver
    connect: Connect
    deadline: Deadline

    def open(self, target: Target) -> tuple[socket.socket, str]:
        """A connection that is ready for a request, and the address it goes to ("" where a proxy looks
        names up). Raises BadTarget, Unreachable, OwnNetwork and Overtime."""
        network = self.settings.network
        proxy = None if target.development else network.proxy
        address = "" if proxy and network.proxy_resolves else self._look_up(target)
        if proxy:
            raw = self._through(proxy, address or target.host, target.port)
        else:
            raw = self._dial((address, target.port), target.host)
        try:
            return (self._secured(raw, target) if target.scheme == "https" else raw), address
        except BaseException:
            raw.close()
            raise

    def _look_up(self, target: Target) -> str:
        """One look-up, in a thread of its own: the system's resolver knows no time limit."""
        found: list[str] = []
        failed: list[Exception] = []

        def ask() -> None:
            try:
                found.append(
                    resolve_host(
                        target.host, target.port, loopback=target.development, resolver=self.resolver
                    )
                )
            except Exception as error:  # noqa: BLE001 - handed over to the thread that waits
                failed.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(self.deadline.left(self.deadline.limits.look_up_seconds))
        if found:
            return found[0]
        error = failed[0] if failed else TimeoutError()
        if isinstance(error, BadSource):
            raise BadTarget(error.message, private=True) from error
        if isinstance(error, OutsideFailure | TimeoutError):
            raise Unreachable(f"the host {target.host} was not found") from error
        raise error

    def _dial(self, place: tuple[str, int], host: str) -> socket.socket:
        try:
            return self.connect(place, self.deadline.left(self.deadline.limits.connect_seconds))
        except TimeoutError as error:
            raise Unreachable(f"{host} does not answer on port {place[1]}") from error
        except OSError as error:
            raise Unreachable(f"{host} cannot be connected to: {error.strerror or error}") from error

    def _secured(self, raw: socket.socket, target: Target) -> ssl.SSLSocket:
        context = trust(self.settings)
        raw.settimeout(self.deadline.left(self.deadline.limits.connect_seconds))
        try:
            return context.wrap_socket(raw, server_hostname=target.host.strip("[]"))
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(
                f"the certificate of {target.host} is not valid: {error.verify_message}"
            ) from error
        except TimeoutError as error:
            raise Unreachable(f"{target.host} does not finish its TLS handshake") from error
        except (ssl.SSLError, OSError) as error:
            raise Unreachable(f"{target.host} does not speak TLS as browsers do") from error

    def _through(self, proxy: str, host: str, port: int) -> socket.socket:
        """A tunnel through the operator's proxy (RFC 9110, section 9.3.6)."""
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.scheme != "http" or not parts.hostname or parts.username:
            raise OwnNetwork("the proxy is given as http://host:port, without a password")
        try:
            raw = self._dial((parts.hostname, parts.port or 8080), "the proxy")
        except Unreachable as error:
            raise OwnNetwork(str(error)) from error
        try:
            place = f"[{host}]:{port}" if ":" in host.strip("[]") else f"{host}:{port}"
            raw.settimeout(self.deadline.left(self.deadline.limits.connect_seconds))
            raw.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode("ascii"))
            status = self._tunnel_status(raw)
        except (OSError, Overtime) as error:
            raw.close()
            raise OwnNetwork("the proxy does not answer") from error
        if status != 200:
            raw.close()
            raise Unreachable(f"the proxy could not reach {host} (it says {status})")
        return raw

    def _tunnel_status(self, raw: socket.socket) -> int:
        """Read byte by byte up to the blank line: what follows belongs to the tunnel."""
        link = Link(raw, self.deadline, self.deadline.limits.head_bytes)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            one = link.read(1)
            if not one:
                raise OSError("the proxy closed the connection")
            head += one
        match = re.match(rb"HTTP/1\.[01] ([0-9]{3})", head)
        return int(match[1]) if match else 0


def trust(settings: RequestSettings) -> ssl.SSLContext:
    """What is trusted: the system's certificates, or the operator's."""
    network = settings.network
    try:
        context = ssl.create_default_context(cafile=network.ca_file, capath=network.ca_path)
    except (OSError, ssl.SSLError) as error:
        raise OwnNetwork("the operator's certificates cannot be read") from error
    context.set_alpn_protocols(["http/1.1"])
    return context
