"""Targets: which address may be asked, decided before anything is resolved or connected to."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from jobtwin.core.errors import BadInput
from jobtwin.source.host import check_host_name, check_public, literal_address

MAX_URL = 2000
"""Characters of an address as it is written."""

_SPLIT = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(?:#.*)?", re.DOTALL)
_KEPT = "%/?:@!$&'()*+,;=~._-[]"
_PORTS = {"https": 443, "http": 80}
_RESERVED = ("example", "test", "invalid", "example.com", "example.net", "example.org")
"""Names that RFC 2606 and RFC 6761 keep for documentation and tests: nothing of anybody's is there."""


class BadTarget(BadInput):
    """An address at which nothing public can be. `private` says that it leads into a private network."""

    code = "not_public"

    def __init__(self, message: str, *, private: bool = False) -> None:
        super().__init__(message)
        self.private = private


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask: `path` is percent-encoded and holds the query; `development` says that the
    operator's list allows its loopback origin."""

    scheme: str
    host: str
    port: int
    path: str
    development: bool = False

    @property
    def authority(self) -> str:
        """The host as the Host header names it."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


def parse_target(text: str, *, development: frozenset[str] = frozenset()) -> Target:
    """The target that a person or a redirect names. Raises BadTarget."""
    text = text.strip(" ")
    if len(text) > MAX_URL:
        raise BadTarget(f"the address has more than {MAX_URL} characters")
    if not text.isprintable():
        raise BadTarget("the address holds control characters")
    match = _SPLIT.fullmatch(text)
    if match is None or match[1].lower() not in _PORTS:
        raise BadTarget("the address is not an https:// URL")
    scheme, path = match[1].lower(), quote(match[3], safe=_KEPT)
    host, port = _authority(match[2], scheme)
    path = path if path.startswith("/") else f"/{path}"
    if f"{host}:{port}" in development:
        return Target(scheme, host, port, path, development=True)
    _require_public(host)
    if scheme != "https":
        raise BadTarget("http:// can be read and changed on its way; publish the artifact under https://")
    return Target(scheme, host, port, path)


def redirected(target: Target, location: str, *, development: frozenset[str] = frozenset()) -> Target:
    """Where a redirect leads, judged like the first address. Raises BadTarget."""
    if len(location) > MAX_URL:
        raise BadTarget(f"a redirect leads to an address of more than {MAX_URL} characters")
    try:
        joined = urljoin(target.url, location)
    except ValueError as error:
        raise BadTarget("a redirect leads to what is no address") from error
    if joined.lower().startswith("http://") and target.scheme == "https":
        raise BadTarget("a redirect leads from https:// down to http://")
    return parse_target(joined, development=development)


def _authority(authority: str, scheme: str) -> tuple[str, int]:
    if "@" in authority:
        raise BadTarget("the address holds a user name, password or token; a public artifact needs none")
    if "\\" in authority or "%" in authority or " " in authority:
        raise BadTarget("the host of the address is not a host name")
    host, colon, digits = authority.lower().rpartition(":")
    if not colon or authority.endswith("]"):
        host, digits = authority.lower(), str(_PORTS[scheme])
    if not re.fullmatch(r"[1-9][0-9]{0,4}", digits) or int(digits) > 65535:
        raise BadTarget("the port of the address is not a number between 1 and 65535")
    if not host:
        raise BadTarget("the address names no host")
    return host, int(digits)


def _require_public(host: str) -> None:
    try:
        address = literal_address(host)
        if address is not None:
            check_public(address)
            return
        check_host_name(host)
    except BadInput as error:
        raise BadTarget(error.message, private=error.code == "private_address") from error
    if any(host == name or host.endswith(f".{name}") for name in _RESERVED):
        raise BadTarget(f"{host} is a name kept for examples (RFC 2606): nothing of yours can be there")
