"""What the code imports when it starts is what the container installs."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.docs.test_docs import ROOT

ELSEWHERE = {"inspect_ai", "pytest"}
"""Of modules that are loaded only with the extra `evals`, and only among a submission's own tests."""
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[.*?\])?==", re.MULTILINE)


def imported(source: Path) -> Iterator[str]:
    """Top names that a module imports as it loads; what functions import may be optional."""
    for node in ast.parse(source.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_every_package_that_is_imported_at_the_start_is_installed_in_the_container() -> None:
    pinned = set(PINNED.findall((ROOT / "requirements/run.txt").read_text("utf-8")))
    sources = [path for path in ROOT.glob("src/jobtwin/**/*.py") if "samples" not in path.parts]
    names = (
        {name for path in sources for name in imported(path)}
        - sys.stdlib_module_names
        - {"jobtwin"}
        - ELSEWHERE
    )
    known = packages_distributions()
    missing = {
        name
        for name in names
        if not pinned & {re.sub(r"[-_.]+", "-", one).lower() for one in known.get(name, [name])}
    }
    assert not missing
