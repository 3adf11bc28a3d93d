"""Hosts: which names and addresses a submission may be fetched from.

A name is resolved once, every address behind it is judged, and git is made to connect to the one that
is returned here, so that a name which answers differently a second time (DNS rebinding) changes nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from typing import Any

from jobtwin.core.errors import BadSource, OutsideFailure

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[..., Sequence[tuple[Any, Any, Any, Any, Any]]]
"""A function with the arguments and the answer of `socket.getaddrinfo`."""

MAX_HOST = 253
"""Characters of a host name (RFC 1035)."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa", "onion")

_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_NEVER: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, and a cloud's metadata service
        "168.63.129.16/32",  # a cloud's metadata service on a public address
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4: any IPv4 address inside
        "3fff::/20",
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)


def is_public(address: Address) -> bool:
    """True for a global unicast address that can not carry another address inside.

    IPv6 is taken from 2000::/3 alone, which leaves out NAT64, IPv4-mapped and every local range;
    the lists are those of RFC 6890, RFC 3056, RFC 4380, RFC 5214 and RFC 9637.
    """
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        embedded = (int(address) >> 32) & 0xFFFFFFFF
        if address not in _GLOBAL_V6 or embedded in _ISATAP:
            return False
    return not any(address.version == network.version and address in network for network in _NEVER)


def literal_address(host: str) -> Address | None:
    """The address that a URL's host is in its usual form, or None where it is a name.

    Raises BadSource for an address in any other form: short, decimal, octal, hexadecimal or zoned.
    """
    if host.startswith("["):
        return _bracketed(host)
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        pass
    if not _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        return None
    try:
        meant = ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError as error:
        raise BadSource("the host of this URL is a number that is no address") from error
    check_public(meant)
    raise BadSource(f"write the address as {meant}, not in another form of it")


def _bracketed(host: str) -> Address:
    try:
        address = ipaddress.IPv6Address(host.removeprefix("[").removesuffix("]"))
    except ValueError as error:
        raise BadSource("the host of this URL is not an IPv6 address") from error
    if address.scope_id is not None:
        raise BadSource("an address with a zone is a local one", code="private_address")
    return address


def check_host_name(host: str) -> None:
    """Raises BadSource unless `host` is a full name in lower-case ASCII that can be public."""
    if len(host) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise BadSource(
            "the host of this URL is not a host name; write it in ASCII, without a dot at its end "
            "(an international name in its xn-- form)"
        )
    local = any(host == name or host.endswith("." + name) for name in _LOCAL_NAMES)
    if "." not in host or local:
        raise BadSource(f"{host} is a name of a local network, not of a public host", code="private_address")


def check_public(address: Address) -> None:
    """Raises BadSource (private_address) for an address that is not a public one."""
    if not is_public(address):
        raise BadSource(
            f"{address} is not a public address; only public hosts are asked",
            code="private_address",
        )


def resolve_host(
    host: str, port: int, *, loopback: bool = False, resolver: Resolver = socket.getaddrinfo
) -> str:
    """The one address to connect to, after one look-up in which every address was judged.

    With `loopback` (an origin that the operator's development list names) every address must be a
    loopback one; without it every address must be public. Raises BadSource (private_address) where
    one is not, and OutsideFailure where the name has no address.
    """
    try:
        answers = resolver(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutsideFailure(f"the host {host} was not found", retry=True, code="host_not_found") from error
    addresses = [ipaddress.ip_address(answer[4][0]) for answer in answers]
    if not addresses:
        raise OutsideFailure(f"the host {host} has no address", retry=True, code="host_not_found")
    for address in addresses:
        if not loopback:
            check_public(address)
        elif not address.is_loopback:
            raise BadSource(
                f"{host} is on the development list but leads to {address}, beyond this machine",
                code="private_address",
            )
    return str(min(addresses, key=lambda address: address.version))
