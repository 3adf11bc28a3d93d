"""One yard for all container tests of a process."""

import os
from collections.abc import Iterator

import pytest

from tests.host.verification.f2.yard import BASE, Yard, yard_at


@pytest.fixture(scope="session")
def yard() -> Iterator[Yard]:
    """Fails where the base image is missing: `make base-image` makes it."""
    from jobtwin.verification.f2.images import ImageStore
    from jobtwin.verification.f2.reference import parse_reference
    from jobtwin.verification.f2.settings import ContainerSettings
    from jobtwin.verification.settings import VerificationSettings

    cache = VerificationSettings.from_environment(os.environ).cache
    images = ContainerSettings.from_environment(os.environ, cache=cache).images
    if ImageStore(images).find(parse_reference(BASE)) is None:
        pytest.fail(f"the store of base images at {images} has no {BASE}: run `make base-image` first")
    with yard_at(images) as made:
        yield made
