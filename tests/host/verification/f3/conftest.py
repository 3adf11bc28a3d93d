"""The bench of these tests; the cache is that of the machine where one is named."""

import os

import pytest

from jobtwin.verification.settings import VerificationSettings
from tests.host.verification.f3.bench import Bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    from jobtwin.verification.choose import choose_engine

    cache = os.environ.get("JOBTWIN_CACHE") or str(tmp_path_factory.mktemp("cache"))
    work = str(tmp_path_factory.mktemp("work"))
    settings = VerificationSettings.from_environment(
        {**os.environ, "JOBTWIN_CACHE": cache, "JOBTWIN_WORK": work}
    )
    return Bench(choose_engine(settings), settings)
