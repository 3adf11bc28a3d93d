"""Secrets by file: what is read, what is refused, and that nothing of a secret is told."""

from pathlib import Path

import pytest

from jobtwin.config.environment import read_environment
from jobtwin.config.numbers import whole_number
from jobtwin.config.secret_files import MAX_BYTES, SECRETS, with_secret_files
from jobtwin.core.errors import BadInput

SECRET = "tell-nobody"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_comes_from_its_file_without_the_blanks_at_its_ends(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"  {SECRET}\n")
    assert with_secret_files({f"{name}_FILE": str(tmp_path / "secret")})[name] == SECRET


def test_production_settings_take_their_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "django").write_text(SECRET)
    (tmp_path / "url").write_text("postgresql://app@db/jobtwin")
    found = read_environment(
        {
            "JOBTWIN_MODE": "production",
            "JOBTWIN_ORIGIN": "https://exam.example.org",
            "JOBTWIN_SECRET_KEY_FILE": str(tmp_path / "django"),
            "DATABASE_URL_FILE": str(tmp_path / "url"),
        }
    )
    assert (found.secret_key, found.database_url) == (SECRET, "postgresql://app@db/jobtwin")
    assert found.owner_database_url == found.database_url


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"two\nlines", b"\xff\xfe", b"a\0b", b"x" * (MAX_BYTES + 1)]
)
def test_a_file_that_holds_no_secret_is_refused_without_showing_it(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(BadInput) as refused:
        with_secret_files({"JOBTWIN_SECRET_KEY_FILE": str(tmp_path / "secret")})
    assert "two" not in refused.value.message


def test_a_missing_file_and_two_answers_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        with_secret_files({"DATABASE_URL_FILE": str(tmp_path / "nowhere")})
    with pytest.raises(BadInput, match="both set"):
        with_secret_files({"DATABASE_URL_FILE": "/run/secrets/url", "DATABASE_URL": SECRET})


@pytest.mark.parametrize("text", ["0", "65", "-1", "two", "1.5", "9" * 5000, "²"])
def test_a_number_outside_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="WORKERS is a whole number from 1 to 64"):
        whole_number({"WORKERS": text}, "WORKERS", default=2, most=64)


def test_an_unset_number_has_its_default() -> None:
    assert whole_number({"WORKERS": ""}, "WORKERS", default=2, most=64) == 2
