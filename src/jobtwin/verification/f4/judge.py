"""The verdict on what was found at an artifact's address: can everybody read something there?"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jobtwin.core.check import Reason
from jobtwin.outside.request import Answer
from jobtwin.outside.target import Target
from jobtwin.verification.f4.page import Page, decode, plain_page, read_page
from jobtwin.verification.f4.settings import ArtifactLimits

LEAST_TEXT = 40
"""Characters of text from which a page says something by itself."""
MUCH_TEXT = 1500
"""Characters beside a password field from which it is a form on a page, and no wall before it."""

_SIGN_IN_STEP = re.compile(
    r"(log|sign)[-_]?(in|on)|authwall|auth|sso|oauth2?|authorize|saml2?|accountchooser|servicelogin|checkpoint",
    re.IGNORECASE,
)
_SIGN_IN_HOST = re.compile(
    r"(accounts|login|signin|auth|sso|id|idp|identity|passport)\.|.*\.(okta|auth0|onelogin)\.com$"
)
_SIGN_IN_TITLE = re.compile(r"\b(log|sign)[ -]?(in|on|into)\b|authentication required", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"just a moment|attention required|are you a robot|verify you are human|captcha", re.IGNORECASE
)
_DOCUMENT = re.compile(
    r"application/(vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+|msword|epub\+zip|"
    r"vnd\.ms-powerpoint|vnd\.ms-excel|rtf)"
)
_TEXT = re.compile(r"text/.+|application/((.+\+)?(json|xml|yaml)|x-yaml|x-ndjson|javascript|toml)")
_HTML = {"text/html", "application/xhtml+xml"}
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x7fELF", b"MZ")


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason, a sentence, what was read, and the signs of a log-in wall in words."""

    reason: Reason
    summary: str
    page: Page = field(default_factory=Page)
    signs: tuple[str, ...] = ()


def judge(first: Target, last: Target, answer: Answer, limits: ArtifactLimits) -> Finding:
    """The finding on the answer at the end of the redirects from `first` to `last`."""
    page = _read(answer, limits)
    signs = _signs(first, last, answer, page)
    if _stops_robots(answer, page):
        said = f"{last.host} stops programs with a puzzle or a limit (status {answer.status})"
        return Finding(Reason.INFRASTRUCTURE, said, page, signs)
    if not 200 <= answer.status <= 299:
        return Finding(Reason.NOT_PUBLIC, _refusal(answer.status), page, signs)
    if signs and _is_wall(first, last, page):
        return Finding(Reason.NOT_PUBLIC, f"whoever opens it meets a log-in: {signs[0]}", page, signs)
    lacks = _unreadable(answer, page)
    if lacks is not None:
        return Finding(Reason.NOT_PUBLIC, lacks, page, signs)
    return Finding(Reason.OK, f"everybody can open it: {_what(answer, page)}", page, signs)


def _read(answer: Answer, limits: ArtifactLimits) -> Page:
    kind = answer.content_type
    body = answer.body[: limits.page_bytes]
    if kind in _HTML or (not kind and body.lstrip()[:1] == b"<"):
        return read_page(
            decode(body, answer.headers.get("content-type", "")), characters=limits.text_characters
        )
    if _TEXT.fullmatch(kind) or (kind in {"", "application/octet-stream"} and is_text(body)):
        text = decode(body, answer.headers.get("content-type", ""))
        return plain_page(text, characters=limits.text_characters)
    return Page()


def is_text(body: bytes) -> bool:
    """Whether bytes of no known kind are UTF-8 without control characters (a cut last letter is fine)."""
    if b"\0" in body or body.startswith(_PACKED):
        return False
    try:
        body[:-3].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(body) - 8
    return bool(body.strip())


def _signs(first: Target, last: Target, answer: Answer, page: Page) -> tuple[str, ...]:
    signs = []
    if answer.status in {401, 407}:
        signs.append(f"the host asks for a password (status {answer.status})")
    if answer.status == 403:
        signs.append("the host forbids it (status 403)")
    if last.url != first.url and _is_sign_in(last):
        signs.append(f"a redirect leads to a sign-in page of {last.host}")
    if page.password_fields:
        signs.append("the page has a field for a password")
    if _SIGN_IN_TITLE.search(page.title):
        signs.append("the title of the page speaks of signing in")
    return tuple(signs)


def _is_sign_in(target: Target) -> bool:
    steps = urlsplit(target.url).path.split("/")
    return bool(_SIGN_IN_HOST.match(target.host)) or any(_SIGN_IN_STEP.fullmatch(step) for step in steps)


def _is_wall(first: Target, last: Target, page: Page) -> bool:
    """A redirect to a sign-in page is one; a password field or a title is one where little else is shown."""
    redirected = last.url != first.url and _is_sign_in(last)
    asks = page.password_fields > 0
    little = page.characters < MUCH_TEXT
    return (redirected and (asks or little or bool(_SIGN_IN_TITLE.search(page.title)))) or (asks and little)


def _stops_robots(answer: Answer, page: Page) -> bool:
    if answer.status == 429 or "cf-mitigated" in answer.headers:
        return True
    return answer.status in {403, 503} and bool(_CHALLENGE.search(f"{page.title} {page.text[:500]}"))


def _refusal(status: int) -> str:
    words = {
        401: "it asks for a password",
        403: "it is forbidden to the public",
        404: "there is nothing at this address",
        410: "what was at this address is gone",
    }
    return f"{words.get(status, 'the host does not give it out')} (status {status})"


def _unreadable(answer: Answer, page: Page) -> str | None:
    """What keeps a person from reading it, or None."""
    kind = answer.content_type
    if not answer.body.strip():
        return f"the answer is empty (status {answer.status})"
    if kind in _HTML or (not kind and page.characters):
        shown = (
            page.characters >= LEAST_TEXT or page.media or page.description or (page.title and page.scripts)
        )
        return None if shown else "the page shows next to nothing"
    if page.characters:
        return None
    if kind == "application/pdf":
        return None if b"%PDF-" in answer.body[:1024] else "it says that it is a PDF, and is not"
    if kind.startswith(("video/", "audio/", "image/")) or _DOCUMENT.fullmatch(kind):
        return None
    return f"it is a file that nobody can read in a browser ({_safe(kind) or 'of no named type'})"


def _what(answer: Answer, page: Page) -> str:
    if page.title:
        return f"a page titled {page.title[:120]!r}"
    if page.characters:
        return f"a text of {page.characters} characters"
    return f"a file of type {_safe(answer.content_type) or 'unknown'}"


def _safe(kind: str) -> str:
    return re.sub(r"[^a-z0-9.+/-]", "", kind)[:80]
