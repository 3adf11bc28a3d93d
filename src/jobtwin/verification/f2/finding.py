"""What decides the container check: a reason with a sentence."""

from dataclasses import dataclass

from jobtwin.core.check import Reason


@dataclass(frozen=True, slots=True)
class Finding:
    """Why the check ends here, and one sentence that says what happened or what is missing."""

    reason: Reason
    summary: str


class Decided(Exception):
    """A step of the check that settles it before anything is built."""

    def __init__(self, reason: Reason, summary: str) -> None:
        super().__init__(summary)
        self.finding = Finding(reason, summary)


def shown(text: str, length: int = 120) -> str:
    """A stranger's words in a sentence: one line, nothing that drives a terminal."""
    cut = text if len(text) <= length else f"{text[:length]}…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in cut)
