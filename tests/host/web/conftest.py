"""Pages with a clock that tests move."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def site(db: None) -> Iterator[None]:
    """The database in a transaction; every request comes two hours after NOW until a test moves the clock."""
    from django.test import override_settings

    from jobtwin.config.database import setup_django

    setup_django()
    from tests.host.web.clock import at, middleware

    at(hours=2)
    with override_settings(MIDDLEWARE=middleware()):
        yield


@pytest.fixture
def plain_passwords() -> Iterator[None]:
    """A fast hash: the slow one would be most of these tests."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield
