"""What is wrong with a brief, as a sentence that ends with the fix."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]

_EXAMPLES: Mapping[str, str] = {
    "version": "1",
    "time_box_hours": "336",
    "minutes": "90",
    "weight": '"0.25"',
    "pass_mark": '"0.75"',
    "ceiling": '"1.00"',
    "submission_modes": "[repo_url]",
    "kind": "critical",
    "evidence": "prose",
    "self_checks": "[]",
}
_LISTS = frozenset({"deliverables", "dimensions", "criteria", "skills", "windows", "materials"})
_UNION_STEP = re.compile(r"literal\[.*\]|constrained-.*|function-.*|nullable\[.*\]|int|str|list\[.*\]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: where in the document, and a sentence with the fix."""

    path: Path
    sentence: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'brief'}: {self.sentence}"


def sorted_problems(problems: Iterable[Problem]) -> list[Problem]:
    """One problem a place and sentence, in the order in which they were found."""
    return list({(one.path, one.sentence): one for one in problems}.values())


def validation_problems(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """What broke the schema. Of a union's branches only the first to complain speaks."""
    found: dict[Path, Problem] = {}
    for one in error.errors(include_url=False):
        path = tuple(
            step for step in one["loc"] if not (isinstance(step, str) and _UNION_STEP.fullmatch(step))
        )
        found.setdefault(path, Problem(path, _sentence(one, path, model)))
    return list(found.values())


def near(word: object, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    return next(iter(difflib.get_close_matches(str(word), list(known), 1, 0.6)), "")


def _sentence(error: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    kind, given = error["type"], error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    last = str(path[-1]) if path else "brief"
    if kind == "missing":
        return f"is missing; add {_example(last)}"
    if kind == "extra_forbidden":
        return _unknown_key(last, _keys_at(model, path[:-1]))
    if kind in ("literal_error", "union_tag_invalid"):
        return _not_one_of(given, context)
    if kind == "union_tag_not_found":
        return "has no `kind`; add one, such as `kind: files`"
    if kind == "string_pattern_mismatch":
        return f"{_shown(given)} does not fit; {_pattern_fix(str(context.get('pattern')), given)}"
    fix = _FIXES.get(kind)
    return fix(given, context) if fix else error["msg"].removeprefix("Value error, ")


_FIXES: Mapping[str, Callable[[object, Mapping[str, Any]], str]] = {
    "string_type": lambda given, _: f'is {_kind_of(given)}; write text, in quotes: "…"',
    "int_type": lambda given, _: f"is {_kind_of(given)}; write a whole number without quotes",
    "int_parsing": lambda given, _: f"{_shown(given)} is no number; write a whole number",
    "int_from_float": lambda given, _: f"{_shown(given)} is no whole number; write one",
    "decimal_parsing": lambda given, _: f'{_shown(given)} is no decimal; write one in quotes, like "0.75"',
    "decimal_type": lambda given, _: f'is {_kind_of(given)}; write a decimal in quotes, like "0.75"',
    "tuple_type": lambda given, _: f"is {_kind_of(given)}; write a list: [first, second]",
    "model_type": lambda given, _: f"is {_kind_of(given)}; write keys with values below it",
    "greater_than_equal": lambda given, c: f"{_shown(given)} is too small; write at least {c['ge']}",
    "less_than_equal": lambda given, c: f"{_shown(given)} is too large; write at most {c['le']}",
    "too_short": lambda _, c: f"is empty; list at least {c['min_length']}",
    "too_long": lambda _, c: f"has {c['actual_length']} entries; keep at most {c['max_length']}",
    "string_too_short": lambda _, c: f"is too short; write at least {c['min_length']} characters",
    "string_too_long": lambda _, c: f"is too long; keep at most {c['max_length']} characters",
}


def _example(name: str) -> str:
    if name in _LISTS:
        return f"`{name}:` with a list below it"
    return f"`{name}: {_EXAMPLES.get(name, '…')}`"


def _unknown_key(name: str, known: list[str]) -> str:
    meant = near(name, known)
    if meant:
        return f"is no key here; write `{meant}`"
    listed = f" (there is {', '.join(known)})" if known else ""
    return f"is no key here{listed}; take it out"


def _not_one_of(given: object, context: Mapping[str, Any]) -> str:
    expected = str(context.get("expected") or context.get("expected_tags"))
    words = re.findall(r"'([^']*)'", expected)
    shown = context.get("tag", given)
    meant = near(shown, words)
    return f"{_shown(shown)} is not one of {', '.join(words)}; write {meant or 'one of them'}"


def _pattern_fix(pattern: str, given: object) -> str:
    if pattern.startswith("^F"):
        return "a self-check's id is F and a number from 1 to 99: write F1"
    slug = re.sub(r"[^a-z0-9.-]+", "_" if "_" in pattern else "-", str(given).lower()).strip("_-.0123456789")
    return f"an id is small letters, no spaces or capitals: write {slug or 'name'}"


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at a path of the document: of the first model that the types name there."""
    here: type[BaseModel] | None = model
    for step in path:
        if here is None or not isinstance(step, str):
            continue
        found = here.model_fields.get(step)
        here = _model_in(found.annotation) if found else None
    return list(here.model_fields) if here else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)


def _shown(value: object) -> str:
    text = str(value)
    return f"`{text[:40]}…`" if len(text) > 40 else f"`{text}`"


def _kind_of(value: object) -> str:
    if value is None:
        return "empty"
    names = {dict: "a block of keys", list: "a list", str: "text", bool: "yes or no", int: "a number"}
    return names.get(type(value), "a number" if isinstance(value, float) else "something else")
