"""JOBTWIN_ARTEFACTS: where artefacts are shared, as an address such as s3://bucket/prefix?region=NAME."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from jobtwin.core.errors import BadInput

OPTIONS = {"endpoint": "endpoint_url", "region": "region_name", "profile": "session_profile"}


def bucket_storage(address: str) -> dict[str, Any] | None:
    """An entry of Django's STORAGES, or None where nothing is set. Credentials come from S3's usual places.

    Files are private, never overwritten, encrypted on the way (an endpoint is https). Raises BadInput.
    """
    if not address:
        return None
    parts = urlsplit(address)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.hostname or parts.username:
        raise BadInput("JOBTWIN_ARTEFACTS is s3://BUCKET/PREFIX?region=NAME&endpoint=https://HOST")
    unknown = sorted(set(asked) - set(OPTIONS))
    if unknown:
        raise BadInput(f"JOBTWIN_ARTEFACTS knows no {unknown[0][:40]!r}; there are {', '.join(OPTIONS)}")
    if not asked.get("endpoint", "https://").startswith("https://"):
        raise BadInput("JOBTWIN_ARTEFACTS: the endpoint is an https address")
    options: dict[str, str | bool] = {OPTIONS[name]: value for name, value in asked.items()}
    options |= {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "file_overwrite": False,
        "default_acl": "private",
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
