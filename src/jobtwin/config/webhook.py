"""What deliveries of events may cost, from the environment."""

from collections.abc import Mapping

from jobtwin.core.errors import BadInput
from jobtwin.core.webhook import WebhookRules
from jobtwin.outside.settings import RequestSettings

NAMES = {
    "JOBTWIN_WEBHOOK_<NAME>": "one number of webhooks, such as JOBTWIN_WEBHOOK_OFF_DAYS",
    "JOBTWIN_LOOPBACK_WEBHOOKS": "development only: host:port on loopback where webhooks may go, by commas",
}
MOST = {"seconds": 60, "answer_bytes": 100_000, "off_days": 90, "overlap_hours": 720, "endpoints": 100}
PREFIX = "JOBTWIN_WEBHOOK_"


def webhook_rules(values: Mapping[str, str], *, production: bool) -> WebhookRules:
    """The rules with the numbers that were set. Raises BadInput for an unknown name or what is no number."""
    known = {f"{PREFIX}{name.upper()}": name for name in MOST}
    given = {name: text for name, text in values.items() if name.startswith(PREFIX) and text}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadInput(f"unknown setting {unknown[0]}; there are {', '.join(sorted(known))}")
    numbers = {known[name]: _number(name, text, MOST[known[name]]) for name, text in given.items()}
    listed = values.get("JOBTWIN_LOOPBACK_WEBHOOKS", "")
    development = frozenset(part.strip() for part in listed.split(",") if part.strip())
    if development and production:
        raise BadInput("JOBTWIN_LOOPBACK_WEBHOOKS is for development only")
    try:
        RequestSettings(development=development)
    except ValueError as error:
        raise BadInput(f"JOBTWIN_LOOPBACK_WEBHOOKS: {error}") from error
    return WebhookRules(**numbers, development=development)


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= most):
        raise BadInput(f"{name} is a whole number from 1 to {most}, not {text[:20]!r}")
    return int(text)
