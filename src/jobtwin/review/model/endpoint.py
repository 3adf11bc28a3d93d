"""Endpoints: PROVIDER:MODEL with its key and address from the environment, judged before anything is sent."""

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jobtwin.core.errors import BadInput, OutsideFailure
from jobtwin.review.model.asking import Client
from jobtwin.review.model.settings import ModelSettings
from jobtwin.source.host import Resolver, is_public

MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Provider:
    """A protocol: the names of its key and address in the environment, and its public address."""

    key: str
    address: str
    default: str


_OPENAI = Provider("OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1")
_ANTHROPIC = Provider("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com")
PROVIDERS: Mapping[str, Provider] = {
    "openai": _OPENAI,
    "openai-chat": _OPENAI,
    "openai-responses": _OPENAI,
    "anthropic": _ANTHROPIC,
}


@dataclass(frozen=True)
class HttpEndpoint:
    """A model at an address. `private` allows loopback and private addresses and plain http to them.

    `proxy` is the operator's outgoing proxy or empty; `resolver` has the form of `socket.getaddrinfo`.
    """

    provider: str
    model: str
    address: str
    key: str
    private: bool
    proxy: str = ""
    resolver: Resolver = socket.getaddrinfo

    def __repr__(self) -> str:
        return f"HttpEndpoint({self.name!r}, {self.address!r})"

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    @property
    def speaks_chat(self) -> bool:
        """True where the OpenAI chat protocol is spoken: asked for, or the address is not OpenAI's own."""
        own = urlsplit(self.address).hostname == urlsplit(_OPENAI.default).hostname
        return self.provider == "openai-chat" or (self.provider == "openai" and not own)

    def open(self, settings: ModelSettings) -> Client:
        """A client for the running event loop; the libraries of the providers are loaded here."""
        from jobtwin.review.model.client import open_client  # noqa: PLC0415  loaded only to ask a model

        return open_client(self, settings)

    def check_reach(self) -> None:
        """Raises BadInput for a host that is not public unless `private`, OutsideFailure if not found."""
        parts = urlsplit(self.address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if self.private or self.proxy:
            return
        for address in _addresses(self.resolver, host, port):
            if not is_public(address):
                raise BadInput(
                    f"{host} leads to {address}, which is not a public address; an operator must allow that",
                    code="private_address",
                )


def endpoints_of(
    names: Sequence[str],
    environment: Mapping[str, str],
    *,
    private: bool,
    resolver: Resolver = socket.getaddrinfo,
) -> tuple[HttpEndpoint, ...]:
    """The chain of models in `names` (PROVIDER:MODEL). `private`: the terminal, or an operator's setting.

    Raises BadInput for an unknown provider, a missing key, or an address that may not be asked.
    """
    found = []
    for name in names:
        provider, _, model = name.partition(":")
        if provider not in PROVIDERS or not model or len(name) > MAX_NAME or not name.isprintable():
            raise BadInput(
                f"{name[:60]!r} is not PROVIDER:MODEL; providers are {', '.join(PROVIDERS)} "
                "(other services speak the OpenAI protocol at OPENAI_BASE_URL)"
            )
        known = PROVIDERS[provider]
        address = environment.get(known.address, "").strip() or known.default
        endpoint = HttpEndpoint(
            provider,
            model,
            _checked(address, known, private=private),
            _key(environment, known, address),
            private,
            _proxy(environment, address),
            resolver,
        )
        endpoint.check_reach()
        found.append(endpoint)
    return tuple(found)


def _checked(address: str, known: Provider, *, private: bool) -> str:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise BadInput(f"{known.address} is not a URL") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"{known.address} is not an http or https URL")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInput(f"{known.address} holds a login, a query or a fragment; give the plain address")
    if parts.scheme == "http" and not private:
        raise BadInput(f"{known.address} is http, which can be read and changed on its way; give https")
    return address.rstrip("/")


def _key(environment: Mapping[str, str], known: Provider, address: str) -> str:
    key = environment.get(known.key, "").strip()
    if not key and address == known.default:
        raise BadInput(f"{known.key} is not set; a model draft needs a key (--model none needs none)")
    return key or "no-key"


def _proxy(environment: Mapping[str, str], address: str) -> str:
    parts = urlsplit(address)
    proxy = environment.get("https_proxy") or environment.get("HTTPS_PROXY") or ""
    left_out = (environment.get("no_proxy") or environment.get("NO_PROXY") or "").replace(" ", "").split(",")
    host = parts.hostname or ""
    direct = any(name and (name == "*" or f".{host}".endswith(f".{name.lstrip('.')}")) for name in left_out)
    return "" if parts.scheme != "https" or direct or _is_loopback(host) else proxy


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _addresses(resolver: Resolver, host: str, port: int) -> list[Any]:
    try:
        answers = resolver(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutsideFailure(f"the host {host} was not found", retry=True, code="host_not_found") from error
    return [ipaddress.ip_address(answer[4][0]) for answer in answers]
