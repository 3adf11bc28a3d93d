"""Values that satisfy a JSON schema (draft 2020-12, the part that model APIs accept).

The same schema and seed give the same value. A pattern is met by trying known texts; where none fits,
the value is given all the same and `Values.unmet` counts it.
"""

import json
import random
import re
from typing import Any

MAX_NODES = 20_000
SHALLOW = 8
"""Levels up to which optional properties are filled; below, only what is required."""

FORMATS = {
    "date-time": "2026-01-01T12:00:00Z",
    "date": "2026-01-01",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "ada@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
_TRIED = (
    *FORMATS.values(),
    *(
        "stand-in",
        "stand_in",
        "standin",
        "Stand-in",
        "STANDIN",
        "A",
        "a",
        "Aa1",
        "A1",
        "a1",
        "AA",
        "AAA",
        "aa",
    ),
    *("0", "1", "10", "42", "123", "1234", "12345", "0.5", "1.0", "1.0.0", "v1.0.0", "2026", "12:00", "50%"),
    *(
        "#000000",
        "+10000000000",
        "en",
        "en-US",
        "USD",
        "yes",
        "no",
        "true",
        "A-1",
        "A-123",
        "ABC-123",
        "abc_1",
    ),
    *("/", "/a", "a/b", "a.b", "a b", "A b.", "", "-", "x" * 8, "x" * 16, "0" * 40, "0" * 64, "[1]", "{}"),
)


class TooLarge(ValueError):
    """A schema that asks for more than MAX_NODES values."""


class Values:
    """Makes values for one schema document; `seed` decides which of several allowed ones."""

    def __init__(self, document: Any, seed: str) -> None:
        self._document = document
        self._chance = random.Random(seed)  # noqa: S311 - a choice of answers, no secret
        self._nodes = 0
        self.unmet = 0

    def make(self) -> Any:
        """A value for the whole document. Raises TooLarge."""
        return self._value(self._document, 0)

    def _value(self, schema: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > 60:
            raise TooLarge("the schema asks for too large a value")
        schema = self._resolved(schema, depth)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return self._chance.choice(schema["enum"])
        kind = self._kind(schema, depth)
        if kind in {"object", "array"}:
            return self._object(schema, depth) if kind == "object" else self._array(schema, depth)
        makers = {"integer": self._integer, "number": self._number, "string": self._string}
        if kind in makers:
            return makers[kind](schema)
        return None if kind == "null" else self._chance.random() < 0.5

    def _resolved(self, schema: Any, depth: int) -> dict[str, Any]:
        """The schema with references, allOf and one choice of anyOf or oneOf merged into it."""
        for _ in range(30):
            if not isinstance(schema, dict):
                return {}
            if isinstance(schema.get("$ref"), str):
                rest = {key: value for key, value in schema.items() if key != "$ref"}
                schema = _merged(self._target(schema["$ref"]), rest)
            elif isinstance(schema.get("allOf"), list):
                parts = [self._resolved(part, depth) for part in schema["allOf"]]
                schema = {key: value for key, value in schema.items() if key != "allOf"}
                for part in parts:
                    schema = _merged(schema, part)
            else:
                word = next((one for one in ("anyOf", "oneOf") if schema.get(one)), None)
                if word is None:
                    return schema
                rest = {key: value for key, value in schema.items() if key != word}
                schema = _merged(rest, self._choice(schema[word], depth))
        raise TooLarge("the schema refers to itself")

    def _target(self, reference: str) -> Any:
        found = self._document
        for step in reference.removeprefix("#").split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")  # noqa: PLW2901 - the escapes of RFC 6901
            found = found.get(step, {}) if isinstance(found, dict) else {}
        return found

    def _choice(self, options: list[Any], depth: int) -> Any:
        if depth > SHALLOW:
            return min(options, key=lambda one: len(json.dumps(one)))
        full = [one for one in options if not (isinstance(one, dict) and one.get("type") == "null")]
        return self._chance.choice(full or options)

    def _kind(self, schema: dict[str, Any], depth: int) -> str:
        kind = schema.get("type")
        if isinstance(kind, list) and kind:
            kinds = [one for one in kind if one != "null"]
            return "null" if not kinds or (depth > SHALLOW and "null" in kind) else str(kinds[0])
        if isinstance(kind, str):
            return kind
        if "properties" in schema or "required" in schema:
            return "object"
        return "array" if "items" in schema or "prefixItems" in schema else "string"

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        required = [name for name in schema.get("required") or [] if isinstance(name, str)]
        names = required if depth > SHALLOW else [*properties, *(n for n in required if n not in properties)]
        others = schema.get("additionalProperties", {})
        made = {name: self._value(properties.get(name, others), depth + 1) for name in names}
        least = schema.get("minProperties", 0)
        while len(made) < least:
            made[f"key-{len(made) + 1}"] = self._value(others, depth + 1)
        return made

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        first = schema.get("prefixItems") or []
        most = schema.get("maxItems")
        least = schema.get("minItems", 0)
        wanted = max(least, len(first), 0 if depth > SHALLOW else 1)
        wanted = wanted if most is None else min(wanted, most)
        made: list[Any] = []
        for index in range(wanted):
            item = first[index] if index < len(first) else schema.get("items", {})
            made.append(self._another(item, depth, made if schema.get("uniqueItems") else []))
        return made

    def _another(self, schema: Any, depth: int, taken: list[Any]) -> Any:
        for _ in range(50):
            value = self._value(schema, depth + 1)
            if value not in taken:
                return value
            if isinstance(value, str) and "enum" not in self._resolved(schema, depth):
                return f"{value}-{len(taken)}"
        self.unmet += 1
        return value

    def _integer(self, schema: dict[str, Any]) -> int:
        step = schema.get("multipleOf") or 1
        low, high = _bounds(schema, margin=1)
        least = -(-low // step) * step
        most = high // step * step
        return int(least + step * self._chance.randint(0, min(10, max(0, int((most - least) // step)))))

    def _number(self, schema: dict[str, Any]) -> float:
        if schema.get("multipleOf"):
            return self._integer(schema)
        low, high = _bounds(schema, margin=0)
        inside = [low + (high - low) * part for part in (0.25, 0.5, 0.75)]
        return float(self._chance.choice(inside))

    def _string(self, schema: dict[str, Any]) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        if "pattern" in schema:
            return self._matching(str(schema["pattern"]), least, most)
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        if least > MAX_NODES:
            raise TooLarge("the schema asks for too long a text")
        text = "stand-in"
        while len(text) < least:
            text += " stand-in"
        return text if most is None else text[: max(most, least)]

    def _matching(self, pattern: str, least: int, most: int | None) -> str:
        try:
            wanted = re.compile(pattern)
        except re.error:
            wanted = re.compile("(?!)")
        for text in _TRIED:
            if wanted.search(text) and len(text) >= least and (most is None or len(text) <= most):
                return text
        self.unmet += 1
        return "stand-in"


def _merged(one: Any, other: Any) -> dict[str, Any]:
    one, other = (part if isinstance(part, dict) else {} for part in (one, other))
    both = {**one, **other}
    if "properties" in one and "properties" in other:
        both["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        both["required"] = [*one["required"], *other["required"]]
    return both


def _bounds(schema: dict[str, Any], *, margin: int) -> tuple[float, float]:
    """The least and the greatest number allowed; `margin` 1 keeps whole numbers off exclusive bounds."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is not None:
        low = above + margin if low is None else max(low, above + margin)
    if below is not None:
        high = below - margin if high is None else min(high, below - margin)
    if low is None:
        low = 0 if high is None or high >= 0 else high - 1
    return low, (low + 1 if margin == 0 else low + 10) if high is None else high
