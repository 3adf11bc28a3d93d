"""Addresses and keys: what may be asked is decided before anything is sent."""

import subprocess
import sys
from typing import Any

import pytest

from jobtwin.core.errors import BadInput, OutsideFailure
from jobtwin.review.model.endpoint import HttpEndpoint, endpoints_of

KEY = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"}


def resolver(*addresses: str) -> "object":
    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    return resolve


def one(
    name: str, *, private: bool = True, at: tuple[str, ...] = ("93.184.215.14",), **environment: str
) -> HttpEndpoint:
    return endpoints_of([name], {**KEY, **environment}, private=private, resolver=resolver(*at))[0]  # type: ignore[arg-type]  # as getaddrinfo answers


@pytest.mark.parametrize(
    "name",
    ["", "openai", "openai:", ":x", "google:gemini", "x", "openai:" + "a" * 300, "openai:a\nb", "test"],
)
def test_a_name_that_is_not_provider_and_model_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="PROVIDER:MODEL"):
        one(name)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org",
        "example.org",
        "https://",
        "https://u:p@example.org/v1",
        "https://h/v1?a=b",
        "http://h:99999/",
    ],
)
def test_an_address_that_is_no_plain_url_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="OPENAI_BASE_URL"):
        one("openai:x", OPENAI_BASE_URL=address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.4", "169.254.169.254", "::1", "fd00::1", "100.100.100.200"]
)
def test_private_addresses_are_refused_unless_the_caller_allows_them(address: str) -> None:
    with pytest.raises(BadInput) as refused:
        one(
            "openai:x",
            private=False,
            at=("93.184.215.14", address),
            OPENAI_BASE_URL="https://models.example.org/v1",
        )
    assert refused.value.code == "private_address"
    assert one("openai:x", at=(address,), OPENAI_BASE_URL="https://models.example.org/v1")


def test_plain_http_is_for_the_terminal_alone() -> None:
    assert one("openai:x", OPENAI_BASE_URL="http://127.0.0.1:9/v1/").address == "http://127.0.0.1:9/v1"
    with pytest.raises(BadInput, match="https"):
        one("openai:x", private=False, OPENAI_BASE_URL="http://models.example.org/v1")


def test_an_address_that_leads_elsewhere_later_is_refused_at_the_call() -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]

    def turning(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in answers.pop(0)]

    (endpoint,) = endpoints_of(["openai:x"], KEY, private=False, resolver=turning)  # type: ignore[arg-type]  # as getaddrinfo answers
    with pytest.raises(BadInput):
        endpoint.check_reach()


def test_a_host_without_an_address_is_an_outside_failure() -> None:
    def nowhere(host: str, port: int, **_: object) -> list[tuple[Any, Any, Any, Any, Any]]:
        raise OSError("no such host")

    with pytest.raises(OutsideFailure):
        endpoints_of(["openai:x"], KEY, private=False, resolver=nowhere)


def test_a_missing_key_is_said_and_a_local_server_needs_none() -> None:
    with pytest.raises(BadInput, match="ANTHROPIC_API_KEY is not set"):
        endpoints_of(["anthropic:x"], {}, private=True)
    assert (
        endpoints_of(["openai:x"], {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, private=True)[0].key
        == "no-key"
    )


def test_a_key_is_never_printed() -> None:
    assert "verysecret" not in repr(one("openai:x", OPENAI_API_KEY="verysecret"))


def test_other_services_are_spoken_to_in_the_chat_protocol() -> None:
    assert not one("openai:x").speaks_chat
    assert one("openai-chat:x").speaks_chat
    assert one("openai:x", OPENAI_BASE_URL="https://models.example.org/v1").speaks_chat
    assert not one("openai-responses:x", OPENAI_BASE_URL="https://models.example.org/v1").speaks_chat


@pytest.mark.parametrize(
    ("left_out", "proxy"),
    [("", "http://p:3128"), ("example.org", ""), ("*", ""), ("other.org", "http://p:3128")],
)
def test_an_operators_proxy_is_used_but_not_for_hosts_that_are_left_out(left_out: str, proxy: str) -> None:
    found = one(
        "openai:x", OPENAI_BASE_URL="https://m.example.org/v1", https_proxy="http://p:3128", no_proxy=left_out
    )
    assert found.proxy == proxy


def test_nothing_of_the_libraries_is_loaded_before_a_model_is_asked() -> None:
    code = (
        "import sys\n"
        "import jobtwin.cli.draft, jobtwin.cli.verify, jobtwin.review.draft, jobtwin.review.model.reader\n"
        "from jobtwin.review.model.endpoint import endpoints_of\n"
        "endpoints_of(['openai:x'], {'OPENAI_BASE_URL': 'http://127.0.0.1:1'}, private=True)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "sys.exit(bool(loaded & {'pydantic_ai', 'openai', 'anthropic', 'httpx2'}))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
