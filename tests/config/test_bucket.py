"""The setting of the bucket: what is taken and what is refused."""

import pytest

from jobtwin.config.bucket import bucket_storage
from jobtwin.core.errors import BadInput


def test_without_the_setting_there_is_no_bucket() -> None:
    assert bucket_storage("") is None


@pytest.mark.parametrize(
    "address",
    ["/srv/files", "https://bucket.example.org/", "s3://", "s3://key:secret@bucket/", "s3://bucket?acl=public-read",
     "s3://bucket?endpoint=http://10.0.0.1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="JOBTWIN_ARTEFACTS"):
        bucket_storage(address)


def test_files_are_private_and_never_overwritten() -> None:
    made = bucket_storage("s3://exam")
    assert made is not None
    assert made["OPTIONS"] == {
        "bucket_name": "exam",
        "location": "",
        "file_overwrite": False,
        "default_acl": "private",
        "querystring_auth": True,
    }
