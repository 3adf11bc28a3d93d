"""Pages as inert text: what a person would read, whatever the markup tries."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.verification.f4.page import Page, decode, inert, plain_page, read_page


def read(text: str, characters: int = 8000) -> Page:
    return read_page(text, characters=characters)


def test_title_and_text_are_what_is_shown() -> None:
    page = read(
        "<html><head><title> My  capstone </title><style>p{}</style>"
        '<meta name="description" content="How I built it"></head>'
        "<body><script>alert('x')</script><h1>Kerbside</h1><p>Tom &amp; Ada</p><p>second</p>"
        "<noscript>enable it</noscript><template>hidden</template></body></html>"
    )
    assert (page.title, page.description) == ("My capstone", "How I built it")
    assert page.text == "Kerbside\nTom & Ada\nsecond"
    assert (page.characters, page.scripts, page.whole) == (len(page.text), 1, True)


def test_a_head_that_is_never_closed_hides_nothing_of_the_body() -> None:
    assert read("<head><title>x</title><body><p>shown</p>").text == "shown"


def test_password_fields_and_media_are_counted() -> None:
    page = read('<form><input type="PASSWORD"><input type=text></form><video src=a></video><iframe></iframe>')
    assert (page.password_fields, page.media) == (1, 2)


def test_the_title_falls_back_to_what_is_meant_for_sharing() -> None:
    page = read('<meta property="og:title" content="Talk"><meta property="og:video" content="x">')
    assert (page.title, page.media) == ("Talk", 1)


def test_text_is_cut_and_counted() -> None:
    page = read(f"<p>{'word ' * 1000}</p>", characters=100)
    assert len(page.text) == 100
    assert 4999 <= page.characters <= 5010


@given(st.text(max_size=200))
def test_inert_text_holds_nothing_invisible(text: str) -> None:
    kept = inert(text)
    assert all(letter == "\n" or unicodedata.category(letter)[0] != "C" for letter in kept)
    assert plain_page(text, characters=50).text == kept[:50]


@given(st.text(alphabet="<>/!-&;#x0 \"'=apscriptleody\x1b\u202e", max_size=300))
def test_no_markup_makes_reading_raise_and_all_of_it_arrives_inert(text: str) -> None:
    page = read(text)
    shown = f"{page.title}{page.text}{page.description}"
    assert all(letter == "\n" or unicodedata.category(letter)[0] != "C" for letter in shown)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("Ä".encode(), "text/html", "Ä"),
        ("Ä".encode("latin-1"), "text/html; charset=ISO-8859-1", "Ä"),
        ("<meta charset='windows-1252'>€".encode("cp1252"), "text/html", "<meta charset='windows-1252'>€"),
        (b"\xef\xbb\xbfx", "text/plain", "x"),
        (b"\xff", "text/plain", "\N{REPLACEMENT CHARACTER}"),
        (b"x", "text/html; charset=zlib_codec", "x"),
        (b"x", "text/html; charset=idna", "x"),
        (b"\\x41", "text/html; charset=unicode_escape", "\\x41"),
        (b"x", "text/html; charset=nonsense", "x"),
    ],
)
def test_bytes_become_text_in_a_charset_of_the_web_and_no_other(body: bytes, kind: str, text: str) -> None:
    assert decode(body, kind) == text


@pytest.mark.parametrize(
    "text",
    [
        "<" * 1_000_000,
        "<!" * 500_000,
        "<!--" * 250_000,
        "<a " * 330_000,
        "<a b=" * 200_000,
        '<a b="' + "x" * 1_000_000,
        "</" * 500_000,
        "&" * 1_000_000,
        "&#x" * 330_000,
        "<script>" + "</" * 490_000,
        "<svg>" * 200_000,
        "<title>" + "y" * 1_000_000,
        "<p>" * 330_000,
        "<![CDATA[" * 110_000,
        "<?" * 500_000,
    ],
    ids=lambda text: text[:12],
)
def test_a_hostile_page_costs_seconds_at_most(text: str) -> None:
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 8
