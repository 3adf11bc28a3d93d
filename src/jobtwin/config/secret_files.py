"""Secrets by file: NAME_FILE holds the path of what NAME would hold."""

from collections.abc import Mapping
from pathlib import Path

from jobtwin.core.errors import BadInput

SECRETS = (
    "JOBTWIN_SECRET_KEY",
    "DATABASE_URL",
    "JOBTWIN_OWNER_DATABASE_URL",
    "JOBTWIN_METRICS_TOKEN",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
)
"""Settings that may be given by file. Signing keys (JOBTWIN_KEY_<PURPOSE>_FILE) are read by `proofs`."""

MAX_BYTES = 8192


def with_secret_files(values: Mapping[str, str]) -> dict[str, str]:
    """`values` with every NAME_FILE of SECRETS read into NAME.

    Raises BadInput where both are given, or the file is missing, empty, too long or no text; the sentence
    never shows what a file holds.
    """
    found = dict(values)
    for name in SECRETS:
        path = values.get(f"{name}_FILE")
        if not path:
            continue
        if values.get(name):
            raise BadInput(f"{name} and {name}_FILE are both set; leave one out")
        found[name] = _secret(f"{name}_FILE", Path(path))
    return found


def _secret(setting: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{setting}: {path} cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise BadInput(f"{setting}: {path} has more than {MAX_BYTES} bytes")
    try:
        text = content.decode().strip()
    except UnicodeDecodeError as error:
        raise BadInput(f"{setting}: {path} is no text") from error
    if not text or "\n" in text or "\0" in text:
        raise BadInput(f"{setting}: {path} must hold one line")
    return text
