"""Syntax of a newer Python than the one that reads: type parameters and aliases (PEP 695) are taken away.

They say nothing about what code does. Lines stay where they are.
"""

import re

_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+)[ \t]*(?:\[[^\]\n]{0,300}\])?[ \t]*=(?!=)", re.MULTILINE)
_PARAMETERS = re.compile(
    r"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)\[[^\]\n]{0,300}\](?=[(:])", re.MULTILINE
)


def without_newer_syntax(source: str) -> str:
    """The source as an older grammar reads it."""
    return _PARAMETERS.sub(r"\1", _ALIAS.sub(r"\1\2 =", source))
