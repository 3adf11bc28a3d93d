"""Settings of a model draft: every limit has a name, a default and a unit."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens sent and answered."""

    tokens_in: Decimal
    tokens_out: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """The price of a call in US dollars."""
        return (self.tokens_in * tokens_in + self.tokens_out * tokens_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What one review may spend. What is left undone is unclear, with a note that begins with "budget".

    `calls` counts every request, repeated ones too; `tokens` counts both directions; `money` is in US
    dollars and binds where the price of the model is known; `seconds` is wall time of the model part.
    """

    calls: int = 40
    tokens: int = 250_000
    money: Decimal | None = None
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How a model is asked. Times are seconds, sizes are characters unless the name says bytes.

    `retries` are further attempts after 429, 5xx, time-outs and dropped connections, with waits that
    double from `first_wait` to `longest_wait`; a server that asks for a longer one counts as down, and so
    does a model after `failures_until_down` failures in a row, a time-out counting `weight_of_timeout`.
    `guarded` matches ids of dimensions in which comments, prose and logs raise nothing by themselves.
    `prices` are by PROVIDER:MODEL.
    """

    budget: Budget = Budget()
    concurrency: int = 4
    call_seconds: float = 30.0
    retries: int = 2
    first_wait: float = 0.5
    longest_wait: float = 8.0
    failures_until_down: int = 12
    weight_of_timeout: int = 3
    reply_bytes: int = 256 * 1024
    answer_chars: int = 4000
    output_tokens: int = 1500
    temperature: float | None = 0.0
    prose_spans: int = 5
    code_spans: int = 4
    named_spans: int = 2
    span_lines: int = 24
    line_chars: int = 300
    prompt_chars: int = 14_000
    guarded: str = r"production|ops|operat|eval|secur|safety"
    prices: Mapping[str, Price] = field(default_factory=dict)

    def is_guarded(self, dimension: str) -> bool:
        """True for a dimension whose criteria need code or configuration behind a met."""
        return re.search(self.guarded, dimension) is not None

    def parameters(self) -> dict[str, object]:
        """What shapes an answer, as it is stored with a draft and mixed into the key of the cache."""
        return {"temperature": self.temperature, "output_tokens": self.output_tokens}

    def limits(self) -> dict[str, object]:
        """The budget as it is stored with a draft."""
        listed = asdict(self.budget)
        return listed | {"money": None if self.budget.money is None else float(self.budget.money)}
