"""Catalogues: every message of the pages has a translation that keeps its placeholders and tags."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from bench.messages import catalogues, compiled, read, template, untranslated

LANGUAGES = [pytest.param(po, id=po.parents[1].name) for po in catalogues()]
_PARTS = re.compile(r"%\(\w+\)s|(?<!%\()\{\w+\}|</?\w[^>]*>")


def forms(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The forms of a message or of its translation: one, or as many as the language counts."""
    return [text] if isinstance(text, str) else list(text or ())


def parts(text: str) -> list[str]:
    """What a translation may move but neither lose nor add: placeholders and tags."""
    return sorted(_PARTS.findall(text))


def wrong(message: Message) -> bool:
    """True where a form has other placeholders or tags than English, a straight quote or outer blanks."""
    allowed = [parts(one) for one in forms(message.id)]
    return any(
        parts(one) not in allowed
        or one != one.strip()
        or ('"' in re.sub(r"<[^>]*>", "", one) and '"' not in re.sub(r"<[^>]*>", "", forms(message.id)[0]))
        for one in forms(message.string)
    )


@pytest.mark.parametrize("po", LANGUAGES)
def test_a_catalogue_holds_every_message_of_the_pages_and_no_other(po: Path) -> None:
    ours = {(one.context, str(one.id)) for one in template() if one.id}
    theirs = {(one.context, str(one.id)) for one in read(po) if one.id}
    assert (ours - theirs, theirs - ours) == (set(), set()), "run: make messages"


@pytest.mark.parametrize("po", LANGUAGES)
def test_every_message_is_translated(po: Path) -> None:
    assert untranslated(read(po)) == []


@pytest.mark.parametrize("po", LANGUAGES)
def test_a_translation_keeps_placeholders_and_tags(po: Path) -> None:
    assert [str(one.id) for one in read(po) if one.id and wrong(one)] == []


@pytest.mark.parametrize(
    ("english", "translated"),
    [
        ("%(a)s of %(b)s", "%(a)s von %(c)s"),
        ("{time} left", "noch time"),
        ("a <code>b</code>", "a <code>b<code>"),
        ("a place", 'ein "Ort"'),
        ("a place", "ein Ort "),
        (("%(n)s day", "%(n)s days"), ("%(n)s Tag", "Tage")),
    ],
)
def test_a_wrong_translation_is_found(english: str, translated: str) -> None:
    assert wrong(Message(english, translated))
    assert not wrong(Message(english, english))


@pytest.mark.parametrize("po", LANGUAGES)
def test_the_compiled_catalogue_is_the_one_that_can_be_read(po: Path) -> None:
    from io import BytesIO

    with po.with_suffix(".mo").open("rb") as file:
        kept = vars(GNUTranslations(file))["_catalog"]
    fresh = vars(GNUTranslations(BytesIO(compiled(read(po)))))["_catalog"]
    assert {**kept, "": ""} == {**fresh, "": ""}, "run: make messages"
