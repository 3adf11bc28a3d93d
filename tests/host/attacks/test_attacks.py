"""Every case of tests/attacks on the real engine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.bench import Bench
from tests.attacks.case import Case
from tests.attacks.collect import all_cases

pytestmark = pytest.mark.host


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    cache = os.environ.get("JOBTWIN_CACHE")
    with Bench(Path(cache) if cache else tmp_path_factory.mktemp("cache")) as bench:
        yield bench


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.group} - {case.name}")
def test_the_verifier_decides(case: Case, bench: Bench) -> None:
    result = bench.verify(case)

    assert result.reason in {case.reason, *case.also}, result.summary
    assert case.summary in result.summary
    for key, value in case.facts.items():
        assert result.facts[key] == value
