"""Every case of tests/attacks on the real engines (see tests/engines.py for which)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.bench import Bench
from tests.attacks.case import Case, is_right
from tests.attacks.collect import all_cases
from tests.engines import names

pytestmark = pytest.mark.host


@pytest.fixture(scope="session", params=names())
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    cache = os.environ.get("JOBTWIN_CACHE")
    folder = Path(cache) if cache else tmp_path_factory.getbasetemp() / "attacks-cache"
    with Bench(folder, request.param) as bench:
        yield bench


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.group} - {case.name}")
def test_the_verifier_decides(case: Case, bench: Bench) -> None:
    result = bench.verify(case)

    assert is_right(case, result), f"{result.reason}: {result.summary}"
