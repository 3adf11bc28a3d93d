"""One byte string per value: RFC 8785 canonical JSON and the SHA-256 over it."""

import hashlib

import rfc8785


def canonical_json(value: object) -> bytes:
    """RFC 8785 bytes of a JSON value. Raises ValueError where the value has no such form."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"no canonical JSON form: {error}") from error


def digest(value: object) -> str:
    """`sha256:` and 64 hex digits over the canonical JSON of a value."""
    return f"sha256:{hashlib.sha256(canonical_json(value)).hexdigest()}"


def text_digest(text: str) -> str:
    """`sha256:` and 64 hex digits over the UTF-8 of a text."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
