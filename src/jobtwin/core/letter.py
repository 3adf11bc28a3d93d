"""Letters: one mail from one or more messages, as text and as HTML, and when a failed one is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from jobtwin.core.notification import Message, Translate

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(days=1),
)
"""How long after each try the next one comes; after the last of them a mail is given up."""

SEVERAL = "{number} messages from Job Twin"
PACES = "What is mailed to you, and when"
NO_MORE = "No more mail of this sort"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its addresses."""

    subject: str
    text: str
    html: str


def letter(
    messages: Sequence[Message],
    *,
    origin: str,
    settings_url: str,
    unsubscribe_url: str,
    language: str = "en",
    translate: Translate = str,
) -> Letter:
    """One mail over all messages, which are in `language` already. `origin` is the site's address without a
    slash at its end.

    `unsubscribe_url` is empty for duty, which nobody can switch off.
    """
    several = translate(SEVERAL).format(number=len(messages))
    ends = [(translate(PACES), settings_url)]
    if unsubscribe_url:
        ends.append((translate(NO_MORE), unsubscribe_url))
    foot = "\n".join(f"{words}: {address}" for words, address in ends)
    text = "\n\n".join([*(_text(one, origin) for one in messages), f"-- \n{foot}"])
    subject = messages[0].subject if len(messages) == 1 else several
    return Letter(subject, text + "\n", _html(messages, origin, ends, language))


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries (1 is the first); None where it is given up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def _text(one: Message, origin: str) -> str:
    parts = [one.subject, one.sentence]
    if one.block:
        parts.append(one.block.rstrip("\n"))
    if one.path:
        parts.append(f"{one.link}: {origin}{one.path}")
    return "\n\n".join(parts)


def _html(messages: Sequence[Message], origin: str, ends: Sequence[tuple[str, str]], language: str) -> str:
    head = '<head><meta charset="utf-8"><title>Job Twin</title></head>'
    parts = [f'<!doctype html><html lang="{escape(language)}">{head}<body>']
    for one in messages:
        parts.append(f"<h1>{escape(one.subject)}</h1><p>{escape(one.sentence)}</p>")
        if one.block:
            parts.append(f"<pre>{escape(one.block)}</pre>")
        if one.path:
            parts.append(f'<p><a href="{escape(origin + one.path)}">{escape(one.link)}</a></p>')
    foot = " · ".join(f'<a href="{escape(address)}">{escape(words)}</a>' for words, address in ends)
    return "".join([*parts, f"<hr><p>{foot}</p></body></html>"])
