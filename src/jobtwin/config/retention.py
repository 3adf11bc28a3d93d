"""How long things are kept, from the environment."""

from collections.abc import Mapping
from dataclasses import fields

from jobtwin.core.errors import BadInput
from jobtwin.core.retention import Retention

PREFIX = "JOBTWIN_KEEP_"
MAX_DAYS = 36_500


def read_retention(values: Mapping[str, str]) -> Retention:
    """The days of `JOBTWIN_KEEP_<NAME>`. Raises BadInput for an unknown name and for what is no number."""
    known = {f"{PREFIX}{one.name.upper()}": one.name for one in fields(Retention)}
    given = {name: text for name, text in values.items() if name.startswith(PREFIX)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadInput(f"unknown setting {unknown[0]}; there are {', '.join(sorted(known))}")
    return Retention(**{known[name]: _days(name, text) for name, text in given.items()})


def _days(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MAX_DAYS):
        raise BadInput(f"{name} is a number of days from 0 (for ever) to {MAX_DAYS}")
    return int(text)
