"""Spending: what a review has used of its budget; nothing is sent that could break it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from jobtwin.review.model.settings import Budget, Price

CHARS_A_TOKEN = 3
"""Tokens of a prompt are reckoned beforehand as characters by three: too many for English and code."""


@dataclass
class Spending:
    """The account of one review. Every request reserves its worst case first and settles afterwards.

    `clock` gives seconds that never go back. Where a server reports no tokens, its reckoned ones count.
    """

    budget: Budget
    clock: Callable[[], float]
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    money: Decimal = Decimal(0)
    unpriced: int = 0
    refused: int = 0
    _reserved: int = 0
    _reserved_money: Decimal = Decimal(0)
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()

    @property
    def seconds_left(self) -> float:
        return self.budget.seconds - (self.clock() - self._start)

    def reserve(self, chars: int, output_tokens: int, price: Price | None) -> "Reservation | None":
        """Room for one request, or None where a limit would be passed."""
        tokens_in = chars // CHARS_A_TOKEN + 1
        money = Decimal(0) if price is None else price.of(tokens_in, output_tokens)
        spent = self.tokens_in + self.tokens_out + self._reserved + tokens_in + output_tokens
        over_money = (
            self.budget.money is not None and self.money + self._reserved_money + money > self.budget.money
        )
        if (
            self.calls >= self.budget.calls
            or spent > self.budget.tokens
            or over_money
            or self.seconds_left <= 0
        ):
            self.refused += 1
            return None
        self.calls += 1
        self._reserved += tokens_in + output_tokens
        self._reserved_money += money
        return Reservation(self, tokens_in, output_tokens, money, price)

    def settle(self, held: "Reservation", tokens_in: int, tokens_out: int) -> Decimal | None:
        """Books what was used in place of the reservation; gives the cost, or None without a price."""
        self._reserved -= held.tokens_in + held.tokens_out
        self._reserved_money -= held.money
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        if held.price is None:
            self.unpriced += 1
            return None
        cost = held.price.of(tokens_in, tokens_out)
        self.money += cost
        return cost


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room that one request holds in the budget: tokens of both directions and US dollars."""

    account: Spending
    tokens_in: int
    tokens_out: int
    money: Decimal
    price: Price | None

    def settle(self, tokens_in: int, tokens_out: int) -> Decimal | None:
        return self.account.settle(self, tokens_in, tokens_out)
