"""The GitHub App that tells repositories what was verified, and reads private ones; from the environment."""

from collections.abc import Mapping
from pathlib import Path

from jobtwin.core.errors import BadInput
from jobtwin.outside.github import GithubApp, check_key

NAMES = {
    "JOBTWIN_GITHUB_APP": "id of a GitHub App that puts a check run on submitted commits",
    "JOBTWIN_GITHUB_APP_KEY_FILE": "the file with its private key in PEM",
    "JOBTWIN_GITHUB_APP_READS": "1 where learners may submit private repositories that it is installed on",
}
MAX_BYTES = 16_384
MAX_ID = 64


def github_app(values: Mapping[str, str]) -> GithubApp | None:
    """The App, None where none is set. Raises BadInput, which never shows what the file holds."""
    app_id, file = values.get("JOBTWIN_GITHUB_APP", ""), values.get("JOBTWIN_GITHUB_APP_KEY_FILE", "")
    reads = values.get("JOBTWIN_GITHUB_APP_READS", "")
    if reads not in ("", "0", "1"):
        raise BadInput(f"JOBTWIN_GITHUB_APP_READS is 1 or 0, not {reads[:20]!r}")
    if not app_id and not file and reads == "1":
        raise BadInput("JOBTWIN_GITHUB_APP_READS needs JOBTWIN_GITHUB_APP and its key")
    if not app_id and not file:
        return None
    if not app_id or not file:
        raise BadInput("JOBTWIN_GITHUB_APP and JOBTWIN_GITHUB_APP_KEY_FILE are set together or not at all")
    if not app_id.isascii() or not app_id.isalnum() or len(app_id) > MAX_ID:
        raise BadInput(f"JOBTWIN_GITHUB_APP is an id of at most {MAX_ID} letters and digits")
    pem = _pem(Path(file))
    check_key(pem)
    return GithubApp(app_id, pem, reads=reads == "1")


def _pem(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"JOBTWIN_GITHUB_APP_KEY_FILE: {path} cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise BadInput(f"JOBTWIN_GITHUB_APP_KEY_FILE: {path} has more than {MAX_BYTES} bytes")
    return content.decode(errors="replace")
