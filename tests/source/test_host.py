"""Which addresses count as public, and that a name is looked up exactly once."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.errors import BadSource, OutsideFailure
from jobtwin.source.address import resolve_host
from jobtwin.source.host import is_public


class Names:
    """A resolver that answers from a list and counts what it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, **_: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        self.asked.append((host, port))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in self.addresses]


def unknown(host: str, port: int, **_: object) -> list[tuple[Any, Any, Any, Any, Any]]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


def test_a_public_name_leads_to_one_address_after_one_question() -> None:
    names = Names("93.184.216.34", "93.184.216.35")
    assert resolve_host("example.org", 443, resolver=names) == "93.184.216.34"
    assert names.asked == [("example.org", 443)]


def test_an_ipv4_address_is_preferred_and_an_ipv6_one_is_used_where_it_stands_alone() -> None:
    assert resolve_host("a.org", 1, resolver=Names("2606:2800::1", "93.184.216.34")) == "93.184.216.34"
    assert resolve_host("a.org", 1, resolver=Names("2606:2800::1")) == "2606:2800::1"


@pytest.mark.parametrize(
    "private",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%2", "64:ff9b::a9fe:a9fe", "2002:a00:1::"],
)
def test_one_private_address_among_public_ones_refuses_the_name(private: str) -> None:
    for order in ([private, "93.184.216.34"], ["93.184.216.34", private]):
        with pytest.raises(BadSource) as caught:
            resolve_host("rebind.example.org", 443, resolver=Names(*order))
        assert caught.value.code == "private_address"


def test_a_name_nobody_knows_is_worth_another_try() -> None:
    for resolver in (unknown, Names()):
        with pytest.raises(OutsideFailure) as caught:
            resolve_host("example.org", 443, resolver=resolver)
        assert caught.value.retry
        assert caught.value.code == "host_not_found"


def test_a_development_origin_leads_to_this_machine_alone() -> None:
    assert resolve_host("localhost", 3000, loopback=True, resolver=Names("::1", "127.0.0.1")) == "127.0.0.1"
    for elsewhere in ("10.0.0.1", "93.184.216.34"):
        with pytest.raises(BadSource) as caught:
            resolve_host("localhost", 3000, loopback=True, resolver=Names("127.0.0.1", elsewhere))
        assert caught.value.code == "private_address"


@given(st.ip_addresses())
def test_a_public_address_is_global_unicast_by_the_standard_library_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        kinds = (address.is_multicast, address.is_private, address.is_loopback, address.is_link_local)
        assert not any(kinds)


@given(st.ip_addresses(v=4))
def test_no_ipv6_address_that_carries_an_ipv4_one_is_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    carriers = (
        (0xFFFF << 32) | number,
        number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        (0x2001 << 112) | number,
        (0x26062800 << 96) | (0x5EFE << 32) | number,
    )
    assert not any(is_public(ipaddress.IPv6Address(carrier)) for carrier in carriers)
