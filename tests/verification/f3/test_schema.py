"""Values of the stand-in model satisfy the schemas that they are asked for."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.verification.f3.inside.schema import TooLarge, Values

TREE: dict[str, Any] = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["name", "children", "next"],
            "additionalProperties": False,
        }
    },
    "$ref": "#/$defs/node",
}


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"type": "string", "minLength": 20, "maxLength": 21},
        {"type": "string", "maxLength": 3},
        {"type": "string", "format": "date-time"},
        {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        {"type": "string", "pattern": "^[A-Z]{3}$"},
        {"type": "integer", "minimum": 3, "maximum": 3},
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
        {"type": "integer", "multipleOf": 7, "minimum": 20, "maximum": 30},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "number", "maximum": -5},
        {"type": ["string", "null"]},
        {"enum": ["a", 3, None]},
        {"const": {"a": 1}},
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"type": "string"}, "minItems": 4, "uniqueItems": True},
        {"type": "array", "maxItems": 0},
        {
            "type": "array",
            "prefixItems": [{"type": "integer"}, {"type": "boolean"}],
            "items": False,
            "maxItems": 2,
        },
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
        {"type": "object", "required": ["x"]},
        {"oneOf": [{"type": "integer"}, {"type": "string"}]},
        {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"required": ["b"]}]},
        {"anyOf": [{"type": "null"}, {"properties": {"a": {"type": "null"}}, "type": "object"}]},
        TREE,
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", ["one", "two", "three"])
def test_a_value_satisfies_its_schema(schema: Any, seed: str) -> None:
    values = Values(schema, seed)
    value = values.make()
    jsonschema.Draft202012Validator(schema).validate(value)
    assert values.unmet == 0
    json.dumps(value)


def test_the_same_request_gets_the_same_value_and_others_get_others() -> None:
    schema = {"enum": list(range(1000))}
    made = {Values(schema, str(seed)).make() for seed in range(20)}
    assert Values(schema, "a").make() == Values(schema, "a").make()
    assert len(made) > 10


def test_a_pattern_that_no_tried_text_meets_is_counted() -> None:
    values = Values({"type": "string", "pattern": "^zebra-[0-9]{9}$"}, "seed")
    assert isinstance(values.make(), str)
    assert values.unmet == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**9},
        {"type": "string", "minLength": 10**9},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"type": "object", "minProperties": 10**9},
    ],
    ids=str,
)
def test_a_schema_that_asks_for_too_much_is_refused(schema: Any) -> None:
    with pytest.raises((TooLarge, RecursionError)):
        Values(schema, "seed").make()


_simple = st.sampled_from(
    [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}, {"type": "null"}, {"enum": ["x", "y"]}]
)


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["a", "b", "c"])
    objects = st.dictionaries(names, inner, max_size=3).map(
        lambda found: {
            "type": "object",
            "properties": found,
            "required": sorted(found),
            "additionalProperties": False,
        }
    )
    lists = inner.map(lambda one: {"type": "array", "items": one})
    choices = st.lists(inner, min_size=1, max_size=3).map(lambda found: {"anyOf": found})
    return objects | lists | choices


@given(st.recursive(_simple, _nested, max_leaves=20), st.text(max_size=5))
def test_any_strict_schema_is_satisfied(schema: dict[str, Any], seed: str) -> None:
    jsonschema.Draft202012Validator(schema).validate(Values(schema, seed).make())
