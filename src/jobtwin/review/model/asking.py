"""Asking: one prompt to a chain of models, with limits, retries, back-off and a breaker for each model."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from jobtwin.review.model.prompt import Prompt
from jobtwin.review.model.settings import ModelSettings
from jobtwin.review.model.spending import Spending
from jobtwin.review.model.watched import Watched

Sleep = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""

BUDGET = "budget"
TIMEOUT = "timeout"
NO_MODEL = "no_model_answers"


class ModelTrouble(Exception):
    """A request that gave no reply. `reason` is a short word; `again` says that a retry may help.

    `down` says that no other request to this model will do better; `after` is what the server asked to
    wait, in seconds.
    """

    def __init__(self, reason: str, *, again: bool, down: bool = False, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.down = down
        self.after = after


@dataclass(frozen=True, slots=True)
class Reply:
    """The text of a model, unjudged, and the tokens that its server reported (0: none)."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0


class Client(Protocol):
    """One model behind one address."""

    @property
    def name(self) -> str:
        """PROVIDER:MODEL."""

    async def ask(self, prompt: Prompt) -> Reply:
        """One request, no retry. Raises ModelTrouble."""

    async def close(self) -> None:
        """Gives its connections back."""


@dataclass
class Attempt:
    """What became of one prompt over all its requests: a reply, or the reason why there is none."""

    reply: Reply | None = None
    model: str = ""
    reason: str = ""
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal | None = None
    seconds: float = 0.0


@dataclass
class Asker:
    """Asks the models in order; the next one is asked where the one before gives no reply."""

    clients: Sequence[Client]
    settings: ModelSettings
    spending: Spending
    sleep: Sleep = asyncio.sleep
    failures: dict[str, int] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    trouble: dict[str, int] = field(default_factory=dict)

    async def ask(self, prompt: Prompt) -> Attempt:
        """The first reply, or the last reason; never raises for what a server does."""
        attempt = Attempt(reason=NO_MODEL)
        for client in self.clients:
            await self._ask_one(client, prompt, attempt)
            if attempt.reply is not None or attempt.reason == BUDGET:
                break
        return attempt

    async def _ask_one(self, client: Client, prompt: Prompt, attempt: Attempt) -> None:
        wait = self.settings.first_wait
        for number in range(self.settings.retries + 1):
            if client.name in self.down:
                return
            trouble = await self._request(client, prompt, attempt)
            if trouble is None or not trouble.again or number == self.settings.retries:
                return
            pause = max(wait, trouble.after or 0.0)
            if client.name in self.down or pause >= self.spending.seconds_left:
                return
            await self.sleep(pause)
            wait = min(wait * 2, self.settings.longest_wait)

    async def _request(self, client: Client, prompt: Prompt, attempt: Attempt) -> ModelTrouble | None:
        """One request within the budget; the account is settled whatever happens."""
        price = self.settings.prices.get(client.name)
        held = self.spending.reserve(prompt.size, self.settings.output_tokens, price)
        if held is None:
            attempt.reason = BUDGET
            return ModelTrouble(BUDGET, again=False)
        begun = self.spending.clock()
        watched = Watched(client.name, self.settings.output_tokens)
        attempt.requests += 1
        attempt.model = client.name
        tokens = (held.tokens_in, 0)
        try:
            limit = max(0.001, min(self.settings.call_seconds, self.spending.seconds_left))
            with watched:
                async with asyncio.timeout(limit):
                    reply = await client.ask(prompt)
            tokens = (reply.tokens_in or held.tokens_in, reply.tokens_out or len(reply.text) // 4 + 1)
            attempt.reply, attempt.reason = reply, ""
            self.failures[client.name] = 0
        except TimeoutError:
            return self._failed(client, attempt, ModelTrouble(TIMEOUT, again=True))
        except ModelTrouble as trouble:
            return self._failed(client, attempt, trouble)
        finally:
            cost = held.settle(*tokens)
            watched.settled(*tokens, cost, self.spending.clock() - begun)
            attempt.tokens_in += tokens[0]
            attempt.tokens_out += tokens[1]
            attempt.cost = cost if attempt.cost is None or cost is None else attempt.cost + cost
            attempt.seconds += self.spending.clock() - begun
        return None

    def _failed(self, client: Client, attempt: Attempt, trouble: ModelTrouble) -> ModelTrouble:
        attempt.reason = trouble.reason
        self.trouble[trouble.reason] = self.trouble.get(trouble.reason, 0) + 1
        weight = self.settings.weight_of_timeout if trouble.reason == TIMEOUT else 1
        self.failures[client.name] = self.failures.get(client.name, 0) + weight
        too_long = trouble.after is not None and trouble.after > self.settings.longest_wait
        too_often = self.failures[client.name] >= self.settings.failures_until_down
        if trouble.down or too_long or too_often:
            self.down.add(client.name)
        return trouble
