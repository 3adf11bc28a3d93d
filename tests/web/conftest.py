"""What pages show needs Django's settings for its language, and no database."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _settings() -> None:
    from jobtwin.config.database import setup_django

    setup_django()
