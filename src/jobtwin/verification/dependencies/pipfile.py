"""Pipfile as data: `[packages]` and `[dev-packages]`."""

from jobtwin.verification.dependencies.clean import NotAccepted
from jobtwin.verification.dependencies.gathering import Gathered, as_list, table
from jobtwin.verification.dependencies.poetry import requirement_text

_DEFAULT_INDEX = "pypi"


def read_pipfile(gathered: Gathered, path: str) -> None:
    """Gathers everything that a Pipfile asks for; a second `[[source]]` is refused."""
    document = gathered.reader.toml(path)
    if document is None:
        return
    if len(as_list(document.get("source"))) > 1:
        gathered.reader.refuse(
            "a second [[source]] is not followed; packages come from the configured index", path
        )
    gathered.require_python(_python(table(document, "requires").get("python_version")), path)
    for section in ("packages", "dev-packages"):
        for name, value in table(document, section).items():
            _package(gathered, path, name, value)


def _package(gathered: Gathered, path: str, name: str, value: object) -> None:
    if isinstance(value, dict):
        if value.get("path") in {".", "./"}:
            gathered.asks_for_itself = True
            return
        value = {key: one for key, one in value.items() if (key, one) != ("index", _DEFAULT_INDEX)}
    try:
        lines = requirement_text(name, value)
    except NotAccepted as refusal:
        gathered.reader.refuse(str(refusal), path, gathered.line_of(path, name))
        return
    for text in lines:
        gathered.add(text, path)


def _python(version: object) -> str | None:
    return f"=={version}.*" if isinstance(version, str) and version.count(".") == 1 else None
