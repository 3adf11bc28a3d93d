"""The logs of a verification as numbered lines: what it told while it ran, and what its checks kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from jobtwin.store.models import CheckRecord, VerificationEvent
from jobtwin.web.shown.text import shortened

MIN_QUERY, MAX_QUERY = 2, 200
MAX_LINES = 2000
MAX_LINE = 400
MAX_DEPTH = 6
_NAMES = ("log", "errors", "build_log", "container_log", "project_install_log", "summary")


@dataclass(frozen=True, slots=True)
class LogLine:
    """`where` is the check and what of it spoke; `number` counts within that, from 1."""

    where: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """The lines to show, of `total`; `sentence` where a limit or an unusable query decides what is shown."""

    lines: list[LogLine]
    total: int
    query: str = ""
    sentence: str = ""


def log_of(events: Iterable[VerificationEvent], checks: Iterable[CheckRecord], *, query: str = "") -> Log:
    """All lines, or those that hold `query`; capital letters do not count, and no pattern is one."""
    lines = [*_told(events), *(line for check in checks for line in _kept(check.check_id, check.facts))]
    if query and not MIN_QUERY <= len(query) <= MAX_QUERY:
        return Log(
            [],
            len(lines),
            query,
            gettext("Search for {least} to {most} characters.").format(least=MIN_QUERY, most=MAX_QUERY),
        )
    wanted = query.casefold()
    found = [one for one in lines if wanted in f"{one.where} {one.text}".casefold()]
    more = (
        gettext("Only the last {shown} of {number} lines are shown.").format(
            shown=MAX_LINES, number=len(found)
        )
        if len(found) > MAX_LINES
        else ""
    )
    return Log(found[-MAX_LINES:], len(lines), query, more)


def _told(events: Iterable[VerificationEvent]) -> Iterator[LogLine]:
    for number, event in enumerate(events, 1):
        said = {"start": "began", "end": "ended"}.get(event.kind, "")
        text = f"{event.at:%H:%M:%S} {event.phase} {said} {event.text}".replace("  ", " ").strip()
        yield LogLine("progress", number, shortened(text, MAX_LINE))


def _kept(where: str, facts: Mapping[str, object], depth: int = 0) -> Iterator[LogLine]:
    """The lines of every log among the facts, MAX_DEPTH levels deep."""
    for name, value in facts.items():
        inner = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
        if inner and depth < MAX_DEPTH:
            yield from (line for one in inner for line in _kept(f"{where} {name}", one, depth + 1))
        elif name in _NAMES and isinstance(value, str):
            for number, text in enumerate(value.splitlines(), 1):
                yield LogLine(f"{where} {name}", number, shortened(text, MAX_LINE))
