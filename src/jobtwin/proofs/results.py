"""Results against their descriptions: every asserted weight within its ceiling, every level a published one.

No stock verifier asks this: to them a weight of 5.00 under a ceiling of 0.90 is a valid badge.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jobtwin.core.errors import BadDocument

_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,5})\.[0-9]{2,6}", re.ASCII)


def require_results(credential: Mapping[str, Any]) -> None:
    """Raises BadDocument: OVER_CEILING, or BAD_RESULT for a result that its description does not allow.

    The shape of the credential was judged before.
    """
    subject = credential["credentialSubject"]
    described = {one["id"]: one for one in subject["achievement"]["resultDescription"]}
    results = {one["resultDescription"]: one for one in subject["result"]}
    if set(described) != set(results):
        raise BadDocument("results and their descriptions do not belong together", code="BAD_RESULT")
    for name, description in described.items():
        if description["resultType"] == "ScaledScore":
            _require_within(description, results[name])
        elif description["resultType"] == "RubricCriterionLevel":
            _require_level(description, results[name])
        else:
            raise BadDocument(f"{name} is a result of an unknown type", code="BAD_RESULT")


def _require_within(description: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    low, high, value = (
        _number(owner.get(key), description["name"])
        for owner, key in ((description, "valueMin"), (description, "valueMax"), (result, "value"))
    )
    if "achievedLevel" in result or "rubricCriterionLevel" in description:
        raise BadDocument(f"{description['name']} mixes a weight with levels", code="BAD_RESULT")
    if value > high:
        raise BadDocument(
            f"{description['name']} is asserted with {value}, above its ceiling {high}", code="OVER_CEILING"
        )
    if value < low or low > high:
        raise BadDocument(f"{description['name']} is asserted with {value}, under {low}", code="BAD_RESULT")


def _require_level(description: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    levels = {level["id"] for level in description.get("rubricCriterionLevel", ())}
    if result.get("achievedLevel") not in levels or "value" in result or "valueMax" in description:
        raise BadDocument(f"{description['name']} reaches a level that it does not have", code="BAD_RESULT")


def _number(text: object, name: str) -> Decimal:
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise BadDocument(f"{name} has a weight that is no plain decimal", code="BAD_RESULT")
    return Decimal(text)
