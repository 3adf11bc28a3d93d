"""What a run with a real model will cost, reckoned before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from genai_prices import Usage, calc_price

from jobtwin.evals.capstones import Capstone
from jobtwin.evals.drafts import drafted, stub_reader
from jobtwin.evals.stubs import StubModel, formed, spans_in
from jobtwin.review.model.settings import Price

CHARS_A_TOKEN = 4
ANSWER_TOKENS = 80


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls and tokens of a run at most, and US dollars (None: no price is known for the model)."""

    calls: int
    tokens_in: int
    tokens_out: int
    dollars: Decimal | None

    def __str__(self) -> str:
        cost = "no known price (give --prices)" if self.dollars is None else f"about {self.dollars:.2f} USD"
        return f"at most {self.calls} calls, {self.tokens_in} tokens sent, {self.tokens_out} answered: {cost}"


def estimate(model: str, capstones: Sequence[Capstone], prices: Mapping[str, Price]) -> Estimate:
    """The cost if the model says met wherever it can, which asks everything twice."""
    calls = size = 0
    for capstone in capstones:
        stub = StubModel(lambda text: formed(text, spans_in(text)[:2]))
        drafted(capstone, reader=stub_reader(stub))
        calls += len(stub.asked)
        size += sum(prompt.size for prompt in stub.asked)
    tokens_in, tokens_out = size // CHARS_A_TOKEN, calls * ANSWER_TOKENS
    return Estimate(calls, tokens_in, tokens_out, dollars(model, tokens_in, tokens_out, prices))


def dollars(model: str, tokens_in: int, tokens_out: int, prices: Mapping[str, Price]) -> Decimal | None:
    """From the given prices, else from the published ones of genai-prices, else None."""
    if model in prices:
        return prices[model].of(tokens_in, tokens_out)
    provider, _, name = model.partition(":")
    try:
        found = calc_price(
            Usage(input_tokens=tokens_in, output_tokens=tokens_out),
            model_ref=name,
            provider_id=provider.partition("-")[0],
        )
    except LookupError:
        return None
    return Decimal(found.total_price)
