"""Price tables: JSON of US dollars per million tokens by PROVIDER:MODEL."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from jobtwin.core.errors import BadInput
from jobtwin.review.model.settings import Price

MAX_BYTES = 1_000_000


def read_prices(path: Path) -> dict[str, Price]:
    """The prices in a file. Raises BadInput for what is missing or no price table."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON that can be read") from error
    if not isinstance(document, dict):
        raise BadInput(
            f'{path} is not JSON like {{"PROVIDER:MODEL": {{"tokens_in": "1", "tokens_out": "4"}}}}'
        )
    return parse_prices(document, str(path))


def parse_prices(document: Mapping[str, object], where: str) -> dict[str, Price]:
    """The prices of a document. Raises BadInput, which names `where` it stood."""
    try:
        found = {
            name: Price(Decimal(str(given["tokens_in"])), Decimal(str(given["tokens_out"])))
            for name, given in document.items()
            if isinstance(given, dict)
        }
    except (KeyError, InvalidOperation) as error:
        raise BadInput(
            f"{where}: a price needs `tokens_in` and `tokens_out` in USD per million tokens"
        ) from error
    listed = [value for one in found.values() for value in (one.tokens_in, one.tokens_out)]
    if any(not value.is_finite() or value < 0 for value in listed):
        raise BadInput(f"{where}: a price is a number that is not below 0")
    return found
