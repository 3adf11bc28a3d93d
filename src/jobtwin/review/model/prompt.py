"""Prompts: versioned files of this package, and the message that holds one statement and its fenced spans."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jobtwin.core.criterion import Criterion
from jobtwin.core.draft_review import Finding
from jobtwin.review.model.settings import ModelSettings

VERSION = "criterion-1"
MAX_NOTE = 300
MAX_CITED = 5

Token = Callable[[], str]
"""Gives a fresh random token (hex) at every call."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """A prompt file: its version is its name, its hash is over the bytes (64 hex digits)."""

    version: str
    text: str
    sha256: str


@cache
def instructions(version: str = VERSION) -> Instructions:
    """The prompt file of a version."""
    content = (files("jobtwin.review.model") / "prompts" / f"{version}.md").read_bytes()
    return Instructions(version, content.decode(), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call: what to do, the message, the ids of its spans in order, and the schema of the answer."""

    criterion_id: str
    system: str
    text: str
    span_ids: tuple[str, ...]

    @property
    def size(self) -> int:
        """Characters that are sent."""
        return len(self.system) + len(self.text)

    def schema(self) -> dict[str, object]:
        """The JSON schema of the answer, for servers that constrain their output."""
        return {
            "type": "object",
            "properties": {
                "criterion_id": {"type": "string", "enum": [self.criterion_id]},
                "verdict": {"type": "string", "enum": [finding.value for finding in Finding]},
                "span_ids": {
                    "type": "array",
                    "items": {"type": "string", "enum": list(self.span_ids)},
                    "maxItems": MAX_CITED,
                },
                "note": {"type": "string", "maxLength": MAX_NOTE},
            },
            "required": ["criterion_id", "verdict", "span_ids", "note"],
            "additionalProperties": False,
        }


def render(criterion: Criterion, spans: Sequence[tuple[str, str]], token: Token) -> Prompt:
    """The prompt for one criterion over `(label, text)` of each span.

    The fence and the ids of the spans are random for every call and every quoted line begins with a bar,
    so no line of a submission can end the data or name a span.
    """
    fence = f"DATA-{token()}"
    ids = tuple(f"s-{token()}" for _ in spans)
    parts = [f"Statement {criterion.id}: {criterion.text}", ""]
    for span_id, (label, text) in zip(ids, spans, strict=True):
        quoted = "\n".join(f"| {line}" for line in text.split("\n"))
        parts += [f"<<<{fence} span {span_id} from {label}", quoted, f"{fence}>>>", ""]
    parts.append(f"The data ends here. Answer for {criterion.id} with the one JSON object.")
    return Prompt(criterion.id, instructions().text, "\n".join(parts), ids)


def content_key(
    criterion: Criterion, spans: Sequence[tuple[str, str]], model: str, settings: ModelSettings
) -> str:
    """The key of an answer (64 hex digits): prompt, statement, spans, model and parameters, no token."""
    hashed = hashlib.sha256(instructions().sha256.encode())
    plain = render(criterion, spans, lambda: "0")
    for part in (plain.text, model, repr(sorted(settings.parameters().items()))):
        data = part.encode("utf-8", errors="replace")
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()
