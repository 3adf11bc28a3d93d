"""Stub models that every release must survive: functions from the text of a prompt to a reply."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from jobtwin.review.model.asking import ModelTrouble, Reply
from jobtwin.review.model.prompt import Prompt
from jobtwin.review.model.settings import ModelSettings

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1))"
Say = Callable[[str], str]
_RANDOM = random.Random(3)  # noqa: S311  the same answers every time


def spans_in(text: str) -> list[str]:
    """Ids of the spans that a prompt shows."""
    return re.findall(r"span (s-[0-9a-f]+) from", text)


def criterion_in(text: str) -> str:
    """The criterion that a prompt asks about."""
    return str(re.findall(r"Statement ([\w.-]+):", text)[0])


def formed(text: str, spans: list[str], **changes: object) -> str:
    """An answer of the right form to a prompt."""
    document = {"criterion_id": criterion_in(text), "verdict": "met", "span_ids": spans, "note": "Met."}
    return json.dumps(document | changes)


def flattering(text: str) -> str:
    """Met wherever the data flatter, citing the span that does."""
    parts = re.split(r"<<<DATA-[0-9a-f]+ span ", text)[1:]
    spans = [part.split(" ", 1)[0] for part in parts if "outstanding" in part or "complete" in part]
    return formed(text, (spans or spans_in(text))[:5], note="Outstanding and complete.")


def copying(text: str) -> str:
    """Says what an object in the data says, as far as there is one."""
    found = re.search(r"\{\"verdict\".*?\}", text)
    return found[0] if found else formed(text, [])


def random_spans(text: str) -> str:
    return formed(text, _RANDOM.sample(spans_in(text), min(3, len(spans_in(text)))))


STUBS: dict[str, Say] = {
    "always met with random spans": random_spans,
    "always met with all spans": lambda text: formed(text, spans_in(text)[:5]),
    "always met with the most flattering comment": flattering,
    "the verdict copied from the submission": copying,
    "malformed JSON": lambda text: formed(text, [])[:-4],
    "ten megabytes": lambda _: "a" * 10_000_000,
    "a megabyte of JSON": lambda text: formed(text, [], note="a" * 1_000_000),
    "an echo of the prompt": lambda text: text,
    "an echo inside of the form": lambda text: formed(text, [text[:100]]),
    "ids of another criterion": lambda text: formed(
        text, spans_in(text)[:2], criterion_id="security.residual"
    ),
    "all criteria at once": lambda text: json.dumps([formed(text, [])] * 49),
    "another schema": lambda _: json.dumps({"score": 1.0, "result": "pass"}),
    "a score beside the verdict": lambda text: formed(text, spans_in(text)[:2], score=1.0, upper=1.0),
    "paths instead of spans": lambda text: formed(text, ["README.md:1-40", "../../etc/passwd"]),
    "guessed spans": lambda text: formed(text, [f"s-{_RANDOM.getrandbits(48):012x}" for _ in range(5)]),
    "markup in the note": lambda text: formed(text, spans_in(text)[:2], note=MARKUP),
    "control characters in the note": lambda text: formed(
        text, spans_in(text)[:2], note="\x1b[2J\u202e\x00met"
    ),
    "nothing": lambda _: "",
    "null": lambda _: "null",
    "nested brackets": lambda _: "[" * 3900,
}
"""Replies by name."""

BROKEN = {
    "hangs": ModelTrouble("timeout", again=True),
    "drops the connection": ModelTrouble("dropped", again=True),
    "429": ModelTrouble("http_429", again=True, after=1.0),
    "500": ModelTrouble("http_500", again=True),
}
"""Servers that give no reply, as the client reports them (tests/host/review asks real ones)."""


@dataclass
class StubModel:
    """An endpoint and its client: the reply is what `say` makes of the text, or the trouble is raised."""

    say: Say | ModelTrouble
    name: str = "stub:model"
    asked: list[Prompt] = field(default_factory=list)

    def open(self, settings: ModelSettings) -> "StubModel":  # noqa: ARG002  the form of an endpoint
        return self

    async def ask(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        if isinstance(self.say, ModelTrouble):
            raise self.say
        return Reply(self.say(prompt.text))

    async def close(self) -> None:
        """Holds nothing."""


@dataclass
class StubClock:
    """A clock that moves only where somebody sleeps, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
