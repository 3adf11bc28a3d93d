"""Letters: one mail from one or more messages, as text and as HTML, and when a failed one is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape

from jobtwin.core.notification import Message

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


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its addresses."""

    subject: str
    text: str
    html: str


def letter(messages: Sequence[Message], *, origin: str, settings_url: str, unsubscribe_url: str) -> Letter:
    """One mail over all messages. `origin` is the site's address without a slash at its end.

    `unsubscribe_url` is empty for duty, which nobody can switch off.
    """
    subject = messages[0].subject if len(messages) == 1 else f"{len(messages)} messages from Job Twin"
    ends = [f"What is mailed to you, and when: {settings_url}"]
    if unsubscribe_url:
        ends.append(f"No more mail of this sort: {unsubscribe_url}")
    text = "\n\n".join([*(_text(one, origin) for one in messages), "-- \n" + "\n".join(ends)])
    return Letter(subject, text + "\n", _html(messages, origin, settings_url, unsubscribe_url))


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


def _html(messages: Sequence[Message], origin: str, settings_url: str, unsubscribe_url: str) -> str:
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Job Twin</title></head><body>'
    ]
    for one in messages:
        parts.append(f"<h1>{escape(one.subject)}</h1><p>{escape(one.sentence)}</p>")
        if one.block:
            parts.append(f"<pre>{escape(one.block)}</pre>")
        if one.path:
            parts.append(f'<p><a href="{escape(origin + one.path)}">{escape(one.link)}</a></p>')
    ends = f'<a href="{escape(settings_url)}">What is mailed to you, and when</a>'
    if unsubscribe_url:
        ends += f' · <a href="{escape(unsubscribe_url)}">No more mail of this sort</a>'
    return "".join([*parts, f"<hr><p>{ends}</p></body></html>"])
