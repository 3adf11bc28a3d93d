"""Settings of a service: off unless a model is named, and every mistake is told."""

from decimal import Decimal
from pathlib import Path

import pytest

from jobtwin.core.errors import BadInput
from jobtwin.review.model.service import ServiceModels


def test_no_model_named_is_no_model_asked() -> None:
    assert ServiceModels.from_environment({}) is None
    assert ServiceModels.from_environment({"JOBTWIN_DRAFT_FALLBACK": "openai:a"}) is None


def test_limits_and_the_chain_are_taken_over(tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(
        '{"openai:a": {"tokens_in": "1", "tokens_out": 2}, "openai:b": {"tokens_in": 0, "tokens_out": 0}}'
    )
    found = ServiceModels.from_environment(
        {
            "JOBTWIN_DRAFT_MODEL": "openai:a",
            "JOBTWIN_DRAFT_FALLBACK": " openai:b ,",
            "JOBTWIN_DRAFT_CALLS": "7",
            "JOBTWIN_DRAFT_COST": "0.5",
            "JOBTWIN_DRAFT_PRICES": str(prices),
            "JOBTWIN_DRAFT_WITHOUT": "autumn,small",
        }
    )
    assert found is not None
    assert found.names == ("openai:a", "openai:b")
    assert (found.settings.budget.calls, found.settings.budget.money) == (7, Decimal("0.5"))
    assert not found.asks_for({"spring", "small"})
    assert found.asks_for({"spring"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CALLS", "many", "not a number"),
        ("SECONDS", "-1", "above 0"),
        ("COST", "1", "needs a price"),
        ("PRICES", "/nowhere.json", "not JSON that can be read"),
    ],
)
def test_a_mistake_is_told(name: str, value: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        ServiceModels.from_environment({"JOBTWIN_DRAFT_MODEL": "openai:a", f"JOBTWIN_DRAFT_{name}": value})
