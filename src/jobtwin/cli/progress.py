"""Live progress: the running phases on a terminal, plain lines in a pipe, all on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from jobtwin.cli.output import one_line
from jobtwin.verification.events import Event

_LINE = 100


@contextmanager
def progress() -> Iterator[Callable[[Event], None]]:
    """A listener for the phases of a verification; several checks may run at once."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not sys.stderr.isatty():
        yield lambda event: _plain(console, event)
        return
    with console.status("starting") as status:
        running: dict[str, str] = {}

        def show(event: Event) -> None:
            name = f"{event.check} {event.phase}".strip()
            if event.kind == "end":
                console.print(f"  {ended(event, running.pop(name, ''))}", style="dim")
            else:
                running[name] = one_line(event.text)[:_LINE] or running.get(name, "")
            status.update(" · ".join(f"{one} {said}".strip() for one, said in running.items()) or "working")

        yield show


def ended(event: Event, last: str = "") -> str:
    """A phase that ended, with the last line of its log."""
    name = f"{event.check} {event.phase}".strip()
    return f"{name} {event.seconds:.1f} s{f'  {last}' if last else ''}"


def _plain(console: Console, event: Event) -> None:
    if event.kind == "end":
        console.print(f"  {ended(event)}")
