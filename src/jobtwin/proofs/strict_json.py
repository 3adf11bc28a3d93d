"""JSON from strangers: bounded in size and depth, no repeated key, no fraction, text in plain UTF-8.

A repeated key lets two readers see two documents; deep nesting and long digits cost time.
"""

import json
import re
from typing import NoReturn

from jobtwin.core.errors import BadDocument

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_object(data: bytes, *, max_bytes: int, max_depth: int) -> dict[str, object]:
    """The JSON object of the bytes; its numbers are integers of at most 16 digits.

    Raises BadDocument: TOO_LARGE, TOO_DEEP, DUPLICATE_KEY, or MALFORMED for whatever is no such object.
    """
    if len(data) > max_bytes:
        raise BadDocument(f"over {max_bytes} bytes are not read", code="TOO_LARGE")
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise BadDocument("not text in UTF-8", code="MALFORMED") from error
    except RecursionError as error:
        raise BadDocument(f"nested more than {max_depth} deep", code="TOO_DEEP") from error
    except ValueError as error:
        raise BadDocument(f"not JSON: {str(error)[:120]}", code="MALFORMED") from error
    if not isinstance(value, dict):
        raise BadDocument("not a JSON object", code="MALFORMED")
    _require_shallow(value, max_depth)
    if _SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise BadDocument("holds half a character (an unpaired surrogate)", code="MALFORMED")
    return value


def _require_shallow(value: object, max_depth: int) -> None:
    level: list[object] = [value]
    for _ in range(max_depth):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)  # type: ignore[attr-defined]  # a list otherwise
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise BadDocument(f"nested more than {max_depth} deep", code="TOO_DEEP")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise BadDocument(f"the key {name[:60]!r} stands twice in one object", code="DUPLICATE_KEY")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    if len(digits) > 16:
        raise ValueError("a number of over 16 digits")
    return int(digits)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"a number that is no integer: {text[:40]}")
