"""What may be named as a source, on the web, at the terminal and on a development machine."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobtwin.core.errors import BadSource
from jobtwin.source.address import PUBLIC, TERMINAL, SourcePolicy, parse_source

DEVELOPMENT = SourcePolicy(loopback=frozenset({"127.0.0.1:8443", "localhost:3000", "[::1]:8443"}))


def code_of(text: str, policy: SourcePolicy = PUBLIC) -> str:
    with pytest.raises(BadSource) as caught:
        parse_source(text, policy)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("https://example.org/ada/capstone", "https://example.org/ada/capstone"),
        ("https://example.org/ada/capstone.git", "https://example.org/ada/capstone.git"),
        ("  https://example.org/ada/capstone  ", "https://example.org/ada/capstone"),
        ("HTTPS://Example.ORG/Ada/Capstone/", "https://example.org/Ada/Capstone/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/~ada/a%20b.git", "https://example.org:8443/~ada/a%20b.git"),
        ("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example/a"),
        ("https://93.184.216.34/a.git", "https://93.184.216.34/a.git"),
        ("https://[2606:2800:220:1::1]:8443/a", "https://[2606:2800:220:1::1]:8443/a"),
    ],
)
@pytest.mark.parametrize("policy", [PUBLIC, TERMINAL, DEVELOPMENT])
def test_a_public_https_url_is_a_source_everywhere(text: str, location: str, policy: SourcePolicy) -> None:
    source = parse_source(text, policy)
    assert (source.kind, source.location, source.protocol) == ("https", location, "https")
    assert not source.development


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c touch% /tmp/pwned",
        "EXT::sh -c id",
        "fd::17",
        "transport::address",
        "https::https://example.org/a",
        "--upload-pack=touch /tmp/pwned",
        "-u",
        "ssh://git@example.org/a.git",
        "git@example.org:ada/a.git",
        "example.org:ada/a.git",
        "git://example.org/a.git",
        "ftp://example.org/a.git",
        "http://example.org/a.git",
        "https://",
        "https:///a",
        "https://example.org",
        "https://example.org/",
        "https://ada:secret@example.org/a",
        "https://token@example.org/a",
        "https://@example.org/a",
        "https://example.org@127.0.0.1/a",
        "https://example.org/a#main",
        "https://example.org/a?ref=main",
        "https://example.org/a\nb",
        "https://example.org/a\x00b",
        "https://example.org/a\x1b[2J",
        "https://example.org/a\u202eb",
        "https://example.org/a%0ab",
        "https://example.org/a%00",
        "https://example.org/a%7f",
        "https://example.org/a%zz",
        "https://example.org/a b",
        "https://example.org/a/../b",
        "https://example.org/a/%2e%2e/b",
        "https://example.org/a/..%2fb",
        "https://example.org/a\\b",
        "https://example.org\\@evil.example/a",
        "https://example.org:0/a",
        "https://example.org:65536/a",
        "https://example.org:/a",
        "https://example.org:+443/a",
        "https://example.org:44\u0663/a",
        "https://example.org./a",
        "https://.example.org/a",
        "https://exam..ple.org/a",
        "https://-example.org/a",
        "https://example%2eorg/a",
        "https://b\u00fccher.example/a",
        "https://example\u3002org/a",
        "https://\uff11\uff12\uff17.0.0.1/a",
        "https://\u2460\u2461\u2466.0.0.1/a",
        "https://[::1/a",
        "https://[v1.x]/a",
        "https://999.1.1.1/a",
        "https://example.org/" + "a" * 2000,
        "https://" + "a." * 130 + "org/a",
        "",
        "   ",
    ],
)
def test_anything_else_is_no_source_on_the_web_and_at_the_terminal(text: str) -> None:
    assert code_of(text) == "bad_source"
    assert code_of(text, TERMINAL) == "bad_source"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",  # noqa: S104 - an address to refuse, nothing is bound
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "2852039166",
        "100.100.100.200",
        "168.63.129.16",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[2606:2800::5efe:7f00:1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "localhost",
        "LOCALHOST",
        "api.localhost",
        "intranet",
        "metadata.google.internal",
        "printer.local",
        "router.home.arpa",
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_form_of_a_private_address_is_a_source(host: str, scheme: str) -> None:
    for port in ("", ":8443"):
        code = code_of(f"{scheme}://{host}{port}/x.git")
        assert code == ("bad_source" if "%" in host else "private_address")


def test_another_form_of_a_public_address_is_refused_with_its_usual_form() -> None:
    with pytest.raises(BadSource, match=r"93\.184\.216\.34") as caught:
        parse_source("https://1572395042/a", PUBLIC)
    assert caught.value.code == "bad_source"


def test_a_refusal_never_repeats_credentials() -> None:
    with pytest.raises(BadSource) as caught:
        parse_source("https://ada:hunter2@example.org/a", PUBLIC)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://localhost{}"])
def test_a_folder_of_this_machine_is_a_source_at_the_terminal_only(form: str, tmp_path: Path) -> None:
    text = form.format(tmp_path)
    source = parse_source(text, TERMINAL)
    assert (source.kind, source.location, source.protocol) == ("local", str(tmp_path.resolve()), "file")
    assert not source.development
    assert code_of(text, PUBLIC) == "bad_source"
    assert code_of(text, DEVELOPMENT) == "bad_source"


@pytest.mark.parametrize("name", ["a b", "b\u00fccher", "x:y", "--help", "ext::x", "100%25"])
def test_an_oddly_named_folder_is_a_source_by_its_whole_path(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    assert parse_source(f"{tmp_path}/{name}", TERMINAL).location == f"{tmp_path.resolve()}/{name}"


def test_a_folder_that_is_not_there_and_a_file_are_no_sources(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert code_of(f"{tmp_path}/missing", TERMINAL) == "bad_source"
    assert code_of(f"{tmp_path}/file", TERMINAL) == "bad_source"
    assert code_of("file://other.example/etc", TERMINAL) == "bad_source"
    assert code_of("file:relative", TERMINAL) == "bad_source"


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("https://127.0.0.1:8443/a.git", "https"),
        ("http://127.0.0.1:8443/a.git", "http"),
        ("http://LOCALHOST:3000/a.git", "http"),
        ("https://[::1]:8443/a.git", "https"),
    ],
)
def test_an_origin_on_the_development_list_is_a_source_and_says_so(text: str, protocol: str) -> None:
    source = parse_source(text, DEVELOPMENT)
    assert source.development
    assert source.protocol == protocol
    assert code_of(text, PUBLIC) == "private_address"


@pytest.mark.parametrize(
    "text",
    [
        "https://127.0.0.1/a",
        "https://127.0.0.1:8444/a",
        "https://127.0.0.2:8443/a",
        "https://2130706433:8443/a",
        "https://127.1:8443/a",
        "https://localhost:8443/a",
    ],
)
def test_the_development_list_opens_exactly_the_origins_it_names(text: str) -> None:
    assert code_of(text, DEVELOPMENT) == "private_address"


def test_a_named_local_source_is_allowed_on_the_web_where_the_operator_named_it(tmp_path: Path) -> None:
    policy = SourcePolicy(local_sources={"capstone": tmp_path})
    source = parse_source("local:capstone", policy)
    assert (source.kind, source.location) == ("local", str(tmp_path.resolve()))
    assert source.development
    assert code_of("local:other", policy) == "bad_source"
    assert code_of("local:../capstone", policy) == "bad_source"
    assert code_of(str(tmp_path), policy) == "bad_source"
    assert code_of("local:capstone", PUBLIC) == "bad_source"


@pytest.mark.parametrize("origin", ["127.0.0.1", "https://127.0.0.1:1", "Localhost:1", "a:b", ""])
def test_a_malformed_development_origin_is_an_error_of_the_operator(origin: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        SourcePolicy(loopback=frozenset({origin}))


def test_a_malformed_local_name_is_an_error_of_the_operator(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        SourcePolicy(local_sources={"../x": tmp_path})


@given(st.text(max_size=60))
@example("https://[")
@example("https://[]/a")
@example("https://0x/a")
def test_any_text_is_a_public_https_source_or_a_refusal(text: str) -> None:
    for candidate in (text, f"https://{text}/a", f"https://example.org/{text}"):
        try:
            source = parse_source(candidate, PUBLIC)
        except BadSource:
            continue
        assert source.location.startswith("https://")
        assert source.location.isascii()
        assert not set(source.location) & set(" \\?#\r\n\t\x00")


@given(st.ip_addresses(v=4))
def test_every_decimal_form_of_an_address_is_refused(address: object) -> None:
    assert code_of(f"https://{int(address)}/a") in ("bad_source", "private_address")  # type: ignore[call-overload]  # an address has an integer form
