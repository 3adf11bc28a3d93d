"""Catalogues of the pages' languages: `python -m bench.messages` finds every message of the pages and of
mails, brings each `locale/*/LC_MESSAGES/django.po` up to date, and compiles the `django.mo` beside it.

It prints what has no translation yet and ends with 1 where that is anything. Needs Babel, not GNU gettext.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from jobtwin.core import claim, errors, letter, notification

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src/jobtwin/web"
LOCALE = WEB / "locale"
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
ERRORS = {
    one.__name__
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.JobTwinError)
}
TELLING = ("core", "jobs", "services", "source", "store", "web")
"""Packages whose errors pages show."""
_TEXT = r"""u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*\""""
_CALL = re.compile(rf"\b(?:_|\w*gettext)\((?:{_TEXT}|[^()'\"]|\([^()]*\))*\)")
"""A call that `templatize` left; around it stand letters in the place of what was no message."""


def template() -> Catalog:
    """Every message of the pages, with the files it stands in."""
    catalog = Catalog(project="Job Twin", charset="utf-8")
    for path in sources():
        where = path.relative_to(WEB).as_posix()
        for _, message, notes, context in extract(
            "python", BytesIO(python_of(path)), KEYWORDS, ["Translators:"]
        ):
            catalog.add(message, locations=[(where, 0)], auto_comments=notes, context=context)
    for sentence in mailed():
        catalog.add(sentence, locations=[("../core/notification.py", 0)])
    for path in sorted(one for package in TELLING for one in (WEB.parent / package).rglob("*.py")):
        where = f"../{path.relative_to(WEB.parent).as_posix()}"
        for sentence in raised(path):
            catalog.add(sentence, locations=[(where, 0)])
    return catalog


def raised(path: Path) -> Iterator[str]:
    """The sentences of a module's errors that hold no value; `web.errors.sentence` looks them up."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(sentence)), *_]) if (
                name in ERRORS
            ):
                yield sentence


def mailed() -> Iterator[str]:
    """What notifications and mails say, in order."""
    for kind in notification.KINDS.values():
        yield from (kind.subject, kind.sentence, kind.link)
    yield from (*claim.ENDINGS.values(), claim.TAKEN_OUT)
    yield from (notification.NO_LONGER_SENT, notification.MOMENT, *notification.MONTHS)
    yield from (letter.SEVERAL, letter.PACES, letter.NO_MORE)


def sources() -> Iterator[Path]:
    """Templates and modules of the pages, in order."""
    yield from sorted((WEB / "templates").rglob("*.html"))
    yield from sorted(WEB.rglob("*.py"))


def python_of(path: Path) -> bytes:
    """The file as Python whose calls hold its messages; of a template only they are left."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    return "\n".join(_CALL.findall(templatize(text))).encode()


def catalogues() -> Iterator[Path]:
    """The `.po` of every language."""
    yield from sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(po: Path) -> Catalog:
    """A catalogue as it stands in its file."""
    with po.open("rb") as file:
        return read_po(file, locale=po.parents[1].name)


def compiled(catalog: Catalog) -> bytes:
    """The bytes of its `.mo`."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update(po: Path) -> list[str]:
    """Brings a catalogue and its `.mo` up to date; the messages without a translation."""
    catalog = read(po)
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    head, _, _ = po.read_bytes().partition(b"\n\n")
    body = BytesIO()
    write_po(
        body, catalog, 110, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    po.write_bytes(head + b"\n\n" + body.getvalue())
    po.with_suffix(".mo").write_bytes(compiled(read(po)))
    return untranslated(catalog)


def untranslated(catalog: Catalog) -> list[str]:
    """Messages with an empty form of their translation."""
    found = []
    for message in catalog:
        forms = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and not all(forms):
            found.append(str(message.id))
    return found


def main() -> int:
    """Updates all languages; 1 where something has no translation."""
    missing = {po: update(po) for po in catalogues()}
    for po, messages in missing.items():
        for message in messages:
            sys.stdout.write(f"{po.parents[1].name}: no translation of {message!r}\n")
    return int(any(missing.values()))


if __name__ == "__main__":
    sys.exit(main())
