"""Servers of these tests: one over https, one over plain http."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.verification.f4.web import WebServer, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificate")


@pytest.fixture(scope="module")
def secure(folder: Path) -> Iterator[WebServer]:
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module")
def plain() -> Iterator[WebServer]:
    with serving(None) as server:
        yield server
