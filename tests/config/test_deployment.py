"""`jobtwin doctor --deploy`: what is said of settings, by id."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobtwin.config.deployment import Advice, examine_settings
from jobtwin.proofs.keys import PLATFORM_PURPOSES, KeyRing

SECRET = "x" * 64
URL = "postgresql://jobtwin_app@db.example/jobtwin?sslmode=verify-full"
OWNER = "postgresql://jobtwin_owner@db.example/jobtwin"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """An environment about which there is nothing to say."""
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "url").write_text(URL)
    KeyRing(tmp_path / "keys").init(PLATFORM_PURPOSES, now=datetime(2026, 11, 1, tzinfo=UTC))
    return {
        "JOBTWIN_MODE": "production",
        "JOBTWIN_ORIGIN": "https://exam.example.org",
        "JOBTWIN_HOME": str(tmp_path / "home"),
        "JOBTWIN_KEYS": str(tmp_path / "keys"),
        "JOBTWIN_SECRET_KEY_FILE": str(tmp_path / "secret"),
        "DATABASE_URL_FILE": str(tmp_path / "url"),
        "JOBTWIN_PROXIES": "1",
    }


def said(values: dict[str, str], *, free: int = 10**12) -> dict[str, Advice]:
    return {one.id: one for one in examine_settings(values, free=lambda _: free)}


def test_nothing_is_said_against_a_whole_deployment(settings: dict[str, str]) -> None:
    advice = said(settings)
    assert {one.state for one in advice.values()} == {"good"}
    assert list(advice) == [f"D00{number}" for number in range(1, 10)]


@pytest.mark.parametrize(
    ("changed", "check", "state"),
    [
        ({"JOBTWIN_MODE": "development"}, "D001", "error"),
        ({"JOBTWIN_SECRET_KEY": "short", "JOBTWIN_SECRET_KEY_FILE": ""}, "D002", "error"),
        ({"JOBTWIN_SECRET_KEY": SECRET, "JOBTWIN_SECRET_KEY_FILE": ""}, "D002", "warning"),
        ({"DATABASE_URL_FILE": ""}, "D003", "error"),
        ({"JOBTWIN_OWNER_DATABASE_URL": URL}, "D004", "error"),
        ({"JOBTWIN_OWNER_DATABASE_URL": OWNER}, "D004", "warning"),
        ({"DATABASE_URL": "postgresql://a@10.0.0.5/jobtwin", "DATABASE_URL_FILE": ""}, "D005", "warning"),
        ({"DATABASE_URL": "postgresql://a@/jobtwin?host=/run", "DATABASE_URL_FILE": ""}, "D005", "good"),
        ({"JOBTWIN_KEYS": "/nonexistent/ring"}, "D006", "warning"),
        ({"JOBTWIN_PROXIES": ""}, "D009", "warning"),
    ],
)
def test_what_is_wrong_is_told_by_its_check_with_a_hint(
    changed: dict[str, str], check: str, state: str, settings: dict[str, str]
) -> None:
    found = said({**settings, **changed})[check]
    assert found.state == state
    assert bool(found.hint) == (state != "good")


def test_settings_that_cannot_be_read_are_the_only_thing_told(settings: dict[str, str]) -> None:
    advice = said({**settings, "JOBTWIN_ORIGIN": "http://exam.example.org"})
    assert list(advice) == ["D001"]
    assert "https" in advice["D001"].found


def test_the_witness_belongs_to_somebody_else(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "keys-witness").mkdir()
    assert said(settings)["D007"].state == "error"


def test_a_key_that_is_missing_is_named(settings: dict[str, str], tmp_path: Path) -> None:
    next((tmp_path / "keys").glob("*receipt*")).unlink()
    assert said(settings)["D006"].state == "error"
    assert "receipt" in said(settings)["D006"].found


def test_a_full_disk_is_an_error(settings: dict[str, str]) -> None:
    assert said(settings, free=1_000_000_000)["D008"].state == "error"


def test_no_secret_is_ever_shown(settings: dict[str, str]) -> None:
    told = " ".join(f"{one.found} {one.hint}" for one in said(settings).values())
    assert SECRET not in told
