"""What webhooks may cost, as the environment says it."""

import pytest

from jobtwin.config.webhook import webhook_rules
from jobtwin.core.errors import BadInput
from jobtwin.core.webhook import WebhookRules


def test_numbers_are_taken_and_the_others_stay_as_they_are() -> None:
    values = {"JOBTWIN_WEBHOOK_OFF_DAYS": "2", "JOBTWIN_LOOPBACK_WEBHOOKS": "127.0.0.1:9000, 127.0.0.1:9001"}
    assert webhook_rules(values, production=False) == WebhookRules(
        off_days=2, development=frozenset({"127.0.0.1:9000", "127.0.0.1:9001"})
    )
    assert webhook_rules({}, production=True) == WebhookRules()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"JOBTWIN_WEBHOOK_SECONDS": "0"}, "from 1 to 60"),
        ({"JOBTWIN_WEBHOOK_SECONDS": "61"}, "from 1 to 60"),
        ({"JOBTWIN_WEBHOOK_SECONDS": "٣"}, "from 1 to 60"),
        ({"JOBTWIN_WEBHOOK_TRIES": "3"}, "unknown setting"),
        ({"JOBTWIN_LOOPBACK_WEBHOOKS": "everywhere"}, "JOBTWIN_LOOPBACK_WEBHOOKS"),
    ],
)
def test_what_is_no_setting_is_told(values: dict[str, str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        webhook_rules(values, production=False)


def test_production_opens_no_loopback() -> None:
    with pytest.raises(BadInput, match="development only"):
        webhook_rules({"JOBTWIN_LOOPBACK_WEBHOOKS": "127.0.0.1:9000"}, production=True)
