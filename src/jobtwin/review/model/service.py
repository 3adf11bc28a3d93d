"""Model drafts as a service asks for them: by settings of the environment, off unless a model is named."""

import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from jobtwin.core.errors import BadInput
from jobtwin.review.model.endpoint import HttpEndpoint, endpoints_of
from jobtwin.review.model.prices import read_prices
from jobtwin.review.model.settings import Budget, ModelSettings
from jobtwin.source.host import Resolver

PREFIX = "JOBTWIN_DRAFT_"
DEFAULT = Budget()


@dataclass(frozen=True, slots=True)
class ServiceModels:
    """Which models a service asks, within which limits, and for what it asks none.

    `without` names programmes and briefs whose drafts are made by code alone.
    """

    names: tuple[str, ...]
    settings: ModelSettings
    without: frozenset[str]
    private: bool

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ServiceModels | None":
        """From JOBTWIN_DRAFT_MODEL and its like; None where no model is named. Raises BadInput."""
        given = {k.removeprefix(PREFIX): v.strip() for k, v in environ.items() if k.startswith(PREFIX)}
        if not given.get("MODEL"):
            return None
        names = (given["MODEL"], *_listed(given.get("FALLBACK", "")))
        prices = read_prices(Path(given["PRICES"])) if given.get("PRICES") else {}
        money = _number(given, "COST")
        if money is not None and not set(names) <= prices.keys():
            raise BadInput(
                "JOBTWIN_DRAFT_COST needs a price for every model named; give JOBTWIN_DRAFT_PRICES"
            )
        budget = Budget(
            calls=int(_number(given, "CALLS") or DEFAULT.calls),
            tokens=int(_number(given, "TOKENS") or DEFAULT.tokens),
            money=money,
            seconds=float(_number(given, "SECONDS") or DEFAULT.seconds),
        )
        return cls(
            names,
            ModelSettings(budget=budget, prices=prices),
            frozenset(_listed(given.get("WITHOUT", ""))),
            given.get("PRIVATE") == "1",
        )

    def asks_for(self, labels: Collection[str]) -> bool:
        """False where one of the labels (a programme, a brief) is switched off."""
        return self.without.isdisjoint(labels)

    def endpoints(
        self, environ: Mapping[str, str], resolver: Resolver = socket.getaddrinfo
    ) -> tuple[HttpEndpoint, ...]:
        """The chain of models. Raises BadInput for keys or addresses, OutsideFailure for an unknown host."""
        return endpoints_of(self.names, environ, private=self.private, resolver=resolver)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _number(given: Mapping[str, str], name: str) -> Decimal | None:
    if not given.get(name):
        return None
    try:
        value = Decimal(given[name])
    except InvalidOperation as error:
        raise BadInput(f"{PREFIX}{name} is not a number") from error
    if not value.is_finite() or value <= 0:
        raise BadInput(f"{PREFIX}{name} is a number above 0")
    return value
