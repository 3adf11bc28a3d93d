"""Artefacts that two machines share by a bucket: what one keeps, the other finds, byte for byte."""

from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest

pytestmark = pytest.mark.host


@pytest.mark.usefixtures("database")
def test_another_machine_finds_a_bundle_in_the_bucket(tmp_path: Path) -> None:
    from django.core.files.storage import InMemoryStorage

    from jobtwin.core.errors import BadSource
    from jobtwin.store.artefacts import Artefacts

    bucket, submission = InMemoryStorage(), uuid4()
    here, there = (Artefacts(tmp_path / name, bucket) for name in ("here", "there"))
    assert not there.held(there.bundle(submission))
    with pytest.raises(BadSource, match="have not been fetched"):
        there.open(submission, "c" * 40)

    here.bundle(submission).write_bytes(b"a bundle" * 100_000)
    here.spread(here.bundle(submission))
    here.spread(here.bundle(submission))  # a job that runs twice
    assert bucket.listdir(f"submissions/{submission}")[1] == ["commit.bundle"]
    assert there.held(there.bundle(submission))
    assert there.bundle(submission).read_bytes() == here.bundle(submission).read_bytes()
    assert [one.name for one in there.bundle(submission).parent.iterdir()] == ["commit.bundle"]


@pytest.mark.usefixtures("database")
def test_what_breaks_on_the_way_leaves_no_half_file(tmp_path: Path) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import InMemoryStorage

    from jobtwin.store.artefacts import Artefacts

    class Broken(InMemoryStorage):
        def open(self, *_: object, **__: object) -> NoReturn:
            raise ConnectionError("the bucket is gone")

    bucket, submission = Broken(), uuid4()
    there = Artefacts(tmp_path, bucket)
    bucket.save(f"submissions/{submission}/commit.bundle", ContentFile(b"a bundle"))
    with pytest.raises(ConnectionError):
        there.held(there.bundle(submission))
    assert not there.bundle(submission).exists()


@pytest.mark.usefixtures("database")
def test_the_storage_of_the_setting_is_one_that_django_storages_has() -> None:
    from django.core.files.storage import storages
    from storages.backends.s3 import S3Storage

    from jobtwin.config.bucket import bucket_storage

    made = bucket_storage("s3://exam/kept?region=eu-central-1&endpoint=https://s3.example.org")
    assert made is not None
    storage = storages.create_storage(made)
    assert isinstance(storage, S3Storage)
    assert (storage.bucket_name, storage.location, storage.file_overwrite) == ("exam", "kept", False)
    assert (storage.endpoint_url, storage.region_name) == ("https://s3.example.org", "eu-central-1")


@pytest.mark.usefixtures("database")
def test_what_is_erased_is_gone_from_the_bucket_too(tmp_path: Path) -> None:
    from django.core.files.storage import InMemoryStorage

    from jobtwin.store.artefacts import Artefacts

    bucket, submission = InMemoryStorage(), uuid4()
    here = Artefacts(tmp_path, bucket)
    here.bundle(submission).write_bytes(b"a bundle")
    here.spread(here.bundle(submission))
    here.erase("submissions", submission)
    here.erase("submissions", submission)
    assert not here.held(here.bundle(submission))
    assert bucket.listdir(f"submissions/{submission}")[1] == []
