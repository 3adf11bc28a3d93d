"""Filters: scores, shares, times, and text that strangers wrote."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, urlencode
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from jobtwin.core.brief import SelfCheck
from jobtwin.core.instant import utc_text
from jobtwin.core.ledger import score_text
from jobtwin.web.highlight import Line
from jobtwin.web.shown import text, time
from jobtwin.web.shown import words as shown_words

register = template.Library()

RECEIPTED = {"submit": "submission", "extend": "extension", "withdraw": "withdrawal", "void": "voiding"}
"""What a receipt is for, where the stored word is no noun."""

_CODE = re.compile(r"`([^`]+)`")


@register.filter
def inert(value: object) -> str:
    """A stranger's text of several lines: hidden characters written out, long text shortened."""
    return text.shortened(text.visible(str(value)))


@register.filter
def inert_line(value: object) -> str:
    """A stranger's text in one line: a path, a name, a summary."""
    return text.one_line(str(value))


@register.filter
def whole(value: object) -> str:
    """A stranger's text with hidden characters written out, and nothing left out."""
    return text.visible(str(value))


@register.filter
def percent(share: Decimal) -> str:
    """0.15 as `15%`, 0.125 as `12.5%`; in German `12,5 %`."""
    return shown_words.percent(format((share * 100).normalize(), "f"))


@register.filter
def score(value: Decimal | str) -> str:
    """A score with at least two places."""
    return score_text(Decimal(value))


@register.filter
def moment(instant: datetime) -> SafeString:
    """An instant as a `time` element in UTC."""
    return format_html('<time datetime="{}">{}</time>', utc_text(instant), time.moment(instant))


@register.filter
def left(milliseconds: int) -> str:
    """How much time is left, in words."""
    return gettext("{time} left").format(time=time.duration(timedelta(milliseconds=milliseconds)))


@register.filter
def short(identifier: UUID) -> str:
    """The first eight digits of an id, enough for a person to tell two apart."""
    return str(identifier)[:8]


@register.filter
def receipted(what: str) -> str:
    """What a receipt is for, as a noun."""
    return shown_words.words(RECEIPTED.get(what, what))


@register.filter
def words(value: str) -> str:
    """A machine's word for a person: `not_met` as `not met`, in the language of the page."""
    return shown_words.words(value)


@register.filter
def told(english: object) -> str:
    """A sentence or word that Python keeps in English, in the language of the page."""
    return gettext(str(english)) if english else ""


@register.filter
def ids(checks: Iterable[SelfCheck]) -> str:
    """The ids of self-checks: `F1, F3`."""
    return ", ".join(one.id for one in checks)


@register.simple_tag
def script_words() -> SafeString:
    """What the scripts of this page say in its language, and the script that looks it up."""
    return json_script(shown_words.script_words(), "words")


@register.filter
def span(delta: timedelta) -> str:
    """A span of time in words: `14 days`, `6 hours`, `1 hour, 30 minutes`."""
    return time.duration(delta)


@register.filter
def minutes(number: int) -> str:
    """A number of minutes in words: `1 hour, 30 minutes`."""
    return time.duration(timedelta(minutes=number))


@register.filter
def code(value: str) -> SafeString:
    """Text of a brief, its `backticks` as code elements."""
    parts = _CODE.split(value)
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", one) if odd % 2 else one,) for odd, one in enumerate(parts)),
    )


@register.filter
def picture(svg: str) -> SafeString:
    """A drawing of our own making as a part of the page: our policy lets no page load `data:` pictures."""
    return SafeString('<svg role="img" aria-label="QR code"' + svg.partition("<svg")[2])


@register.simple_tag
def path_url(name: str, submission: UUID, path: str) -> str:
    """The address of `picture` or `quote` for any path that git can hold."""
    return reverse(name, args=[submission, "-"]).removesuffix("-") + quote(path, safe="/")


@register.simple_tag
def file_url(submission: UUID, path: str, first: int = 0, last: int = 0, dimension: str = "") -> str:
    """The address of a file of the commit, with lines to mark; any path that git can hold has one.

    `dimension` is whose comment the reader is about to write.
    """
    address = reverse("files", args=[submission]) + quote(path, safe="/")
    asked = {"lines": f"{first}-{last or first}"} if first else {}
    query = urlencode(asked | ({"for": dimension} if dimension else {}))
    return address + (f"?{query}" if query else "") + (f"#L{first}" if first else "")


@register.filter
def tokens(line: Line) -> SafeString:
    """Tokens of one highlighted line as spans; every text is made visible and escaped."""
    return format_html_join("", "{}", ((_span(css, text.visible(part)),) for css, part in line))


def _span(css: str, part: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', css, part) if css else conditional_escape(part)
