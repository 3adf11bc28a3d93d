"""All cases of the suite, from every module below `cases`."""

import importlib
import pkgutil

from tests.attacks import cases
from tests.attacks.case import Case


def all_cases() -> list[Case]:
    """In the order of the modules' names."""
    found: list[Case] = []
    for module in sorted(pkgutil.iter_modules(cases.__path__), key=lambda one: one.name):
        found += importlib.import_module(f"{cases.__name__}.{module.name}").CASES
    return found
