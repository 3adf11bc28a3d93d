"""Fixtures: a forge for repositories, and the source that names one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jobtwin.source.address import TERMINAL, Source, parse_source
from tests.host.source.forge import Forge


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path / "work").create()


@pytest.fixture
def local() -> Callable[[Forge], Source]:
    return lambda forge: parse_source(str(forge.root), TERMINAL)
