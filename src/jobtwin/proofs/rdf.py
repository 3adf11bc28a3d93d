"""Canonical statements of a JSON-LD document (RDFC-1.0), and proof that they say all that the JSON says.

The signature covers statements, people and programs read JSON: whatever the conversion drops, merges
or renames would be unsigned. pyld has no mode that refuses this, so it is counted and compared here.
Callers judge the shape first (`shape`): only bounded trees of known terms reach pyld.
"""

import threading
from collections.abc import Mapping
from typing import Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver

from jobtwin.core.errors import BadDocument
from jobtwin.proofs import contexts

_LOCK = threading.Lock()  # pyld's caches are shared and not made for threads
_CACHE: dict[str, Any] = {}  # bounded: it holds pinned contexts and the contexts inside them


def statements(document: Mapping[str, object]) -> bytes:
    """The canonical N-Quads of the document.

    Raises BadDocument: BAD_CONTEXT for a context that is not pinned, UNDEFINED_TERM where some value of
    the JSON is in no statement or shares one with another, MALFORMED where it is no JSON-LD.
    """
    options = {"algorithm": "URDNA2015", "format": "application/n-quads"}
    quads: str = _run(jsonld.normalize, dict(document), options)
    lines, expected = quads.count("\n"), _count(document)
    if lines != expected:
        raise BadDocument(
            f"the JSON makes {expected} statements, of which {lines} would be signed", code="UNDEFINED_TERM"
        )
    return quads.encode()


def require_compact(document: Mapping[str, object]) -> None:
    """Raises BadDocument (UNDEFINED_TERM) unless the document equals its own compaction.

    A list of one and the one alone count as equal: Open Badges wants lists where JSON-LD writes none.
    """
    options = {"documentLoader": _loader}
    compact = _run(jsonld.compact, dict(document), options, document["@context"])
    if _single(compact) != _single(document):
        raise BadDocument("the document is not spelled as its contexts would spell it", code="UNDEFINED_TERM")


def _run(step: Any, document: dict[str, object], options: dict[str, Any], *context: object) -> Any:
    with _LOCK:
        resolver = ContextResolver(_CACHE, _loader)
        try:
            return step(
                document, *context, {**options, "documentLoader": _loader, "contextResolver": resolver}
            )
        except (jsonld.JsonLdError, ValueError, TypeError, LookupError, RecursionError) as error:
            cause: BaseException | None = error
            while cause is not None:
                if isinstance(cause, BadDocument):
                    raise cause from error
                cause = cause.__cause__
            raise BadDocument(f"not JSON-LD: {str(error)[:120]}", code="MALFORMED") from error


def _loader(address: str, _options: object) -> dict[str, object]:
    document = contexts.load(address)
    return {"contextUrl": None, "documentUrl": address, "document": document, "tag": "static"}


def _count(value: object, key: str = "") -> int:
    """How many statements a value makes: one a leaf and one a nested node; identifiers make none."""
    if isinstance(value, Mapping):
        inner = sum(_count(one, name) for name, one in value.items() if name not in ("@context", "id"))
        return inner + (1 if key else 0)
    if isinstance(value, list | tuple):
        return sum(_count(one, key) for one in value)
    return 1


def _single(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _single(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return _single(value[0]) if len(value) == 1 else [_single(one) for one in value]
    return value
