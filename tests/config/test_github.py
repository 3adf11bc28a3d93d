"""Settings of the GitHub App: both or none, and the key never in a sentence."""

from pathlib import Path

import pytest

from jobtwin.config.github import github_app
from jobtwin.core.errors import BadInput
from tests.outside.github import made_app


def given(file: Path, app_id: str = "4711") -> dict[str, str]:
    return {"JOBTWIN_GITHUB_APP": app_id, "JOBTWIN_GITHUB_APP_KEY_FILE": str(file)}


def test_an_app_is_read_whole_and_none_is_none(tmp_path: Path) -> None:
    made, _ = made_app()
    (tmp_path / "key.pem").write_text(made.pem)
    found = github_app(given(tmp_path / "key.pem"))
    assert found is not None
    assert (found.app_id, found.pem, found.api) == ("4711", made.pem, "https://api.github.com")
    assert github_app({}) is None


@pytest.mark.parametrize("missing", ["JOBTWIN_GITHUB_APP", "JOBTWIN_GITHUB_APP_KEY_FILE"])
def test_half_an_app_is_told(tmp_path: Path, missing: str) -> None:
    with pytest.raises(BadInput, match="together or not at all"):
        github_app(given(tmp_path) | {missing: ""})


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), ("s3cret", "no private RSA key"), ("s3cret" * 5_000, "more than 16384 bytes")],
)
def test_a_file_that_holds_no_key_is_told_without_what_it_holds(
    tmp_path: Path, content: str | None, told: str
) -> None:
    if content:
        (tmp_path / "key.pem").write_text(content)
    with pytest.raises(BadInput, match=told) as caught:
        github_app(given(tmp_path / "key.pem"))
    assert "s3cret" not in caught.value.message


def test_an_id_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is an id of at most 64 letters and digits"):
        github_app(given(tmp_path, "my app"))
