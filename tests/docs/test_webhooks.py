"""The page on webhooks: its delivery passes its own ten lines, and its tables are those of the code."""

import re
from pathlib import Path
from typing import Any

from jobtwin.config.webhook import MOST
from jobtwin.core.event import EVENTS

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()


def delivery() -> tuple[dict[str, str], bytes]:
    head, _, body = PAGE.split("```http\n")[1].split("\n```")[0].partition("\n\n")
    lines = (line.partition(": ") for line in head.splitlines()[1:])
    return {name: value for name, _, value in lines}, body.encode()


def test_the_lines_of_the_page_accept_its_delivery_and_nothing_else() -> None:
    names: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[1].split("```")[0], names)  # noqa: S102 - the documentation's own example
    (secret,) = re.findall(r"`(whsec_\S+)`", PAGE)
    headers, body = delivery()
    then = int(headers["webhook-timestamp"])

    def check(headers: dict[str, str], body: bytes, now: float = then) -> bool:
        found: bool = names["is_from_jobtwin"](secret, headers, body, lambda: now)
        return found

    assert check(headers, body, then + 299)
    assert not check(headers, body, then + 301)
    assert not check(headers, body.replace(b"refuted", b"confirmed"))
    assert not check(headers | {"webhook-id": "another"}, body)
    both = headers | {"webhook-signature": f"v1,other {headers['webhook-signature']}"}
    assert check(both, body)


def test_the_table_of_events_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [(kind, words, tuple(re.findall(r"`(\w+)`", facts))) for kind, words, facts in rows] == [
        (kind, known.words, known.facts) for kind, known in EVENTS.items()
    ]


def test_every_number_is_described() -> None:
    assert set(re.findall(r"`JOBTWIN_WEBHOOK_(\w+)`", PAGE)) == {name.upper() for name in MOST}
