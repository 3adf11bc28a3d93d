"""The JSON-LD contexts that a credential may name, pinned by digest. Nothing is loaded from anywhere else."""

import functools
import hashlib
import json
from importlib import resources

from jobtwin.core.errors import BadDocument

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

CREDENTIAL_CONTEXTS = (CREDENTIALS, OPEN_BADGES, EXTENSIONS)
"""What `@context` of a credential holds, in this order."""
STATUS_CONTEXTS = (CREDENTIALS,)
"""What `@context` of a status list holds."""

_PINNED = {
    CREDENTIALS: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    EXTENSIONS: (
        "open-badges-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
}


@functools.cache
def load(address: str) -> dict[str, object]:
    """The context document of an address. Raises BadDocument (BAD_CONTEXT) for any that is not pinned."""
    if address not in _PINNED:
        raise BadDocument(f"the context {address[:200]!r} is not one that is known here", code="BAD_CONTEXT")
    name, digest = _PINNED[address]
    data = resources.files(__name__).joinpath(name).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadDocument(f"the installed copy of {address} was changed", code="BAD_CONTEXT")
    document: dict[str, object] = json.loads(data)
    return document
