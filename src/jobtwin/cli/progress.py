"""Live progress: a spinner on a terminal, plain lines in a pipe, all on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from jobtwin.cli.output import one_line
from jobtwin.verification.events import Event


@contextmanager
def progress() -> Iterator[Callable[[Event], None]]:
    """A listener for the phases of a verification."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not sys.stderr.isatty():
        yield lambda event: _plain(console, event)
        return
    with console.status("starting") as status:

        def show(event: Event) -> None:
            status.update(f"{event.phase} {one_line(event.text)[:100]}")
            if event.kind == "end":
                console.print(f"  {event.phase} {event.seconds:.1f} s", style="dim")

        yield show


def _plain(console: Console, event: Event) -> None:
    if event.kind == "end":
        console.print(f"  {event.phase} {event.seconds:.1f} s")
