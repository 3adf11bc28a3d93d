"""Whole numbers of the environment, with bounds."""

from collections.abc import Mapping

from jobtwin.core.errors import BadInput


def whole_number(values: Mapping[str, str], name: str, *, default: int, least: int = 1, most: int) -> int:
    """The setting `name`, or `default` where it is unset. Raises BadInput outside of least..most."""
    text = values.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        raise BadInput(f"{name} is a whole number from {least} to {most}, not {text[:40]!r}")
    return int(text)
