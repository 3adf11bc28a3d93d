"""`jobtwin keys` in a folder of its own: every command, for people and as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jobtwin.cli.main import jobtwin
from jobtwin.core.errors import BadInput, Conflict, NotFound
from jobtwin.proofs.keys import PLATFORM_PURPOSES, PURPOSES


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment with folders of its own."""
    return {
        "JOBTWIN_HOME": str(tmp_path / "home"),
        "JOBTWIN_KEYS": str(tmp_path / "keys" / "ring"),
        "JOBTWIN_ISSUER": "https://exam.example.org",
    }


def keys(*arguments: str, env: Mapping[str, str]) -> Result:
    return CliRunner().invoke(jobtwin, ["keys", *arguments], env=dict(env))


def listed(env: Mapping[str, str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(keys("list", "--json", env=env).stdout)["keys"]
    return found


def test_keys_are_made_once_and_listed_without_a_private_half(env: dict[str, str]) -> None:
    made = keys("init", env=env)
    assert [line.split()[0] for line in made.stdout.splitlines()] == list(PLATFORM_PURPOSES)
    assert keys("init", env=env).stdout == made.stdout == keys("list", env=env).stdout
    assert "PRIVATE" not in keys("list", "--json", env=env).stdout
    assert {one["state"] for one in listed(env)} == {"active"}


def test_a_rotated_key_stays_in_did_json(env: dict[str, str], tmp_path: Path) -> None:
    keys("init", env=env)
    former = listed(env)[0]["id"]
    assert "publish did.json anew" in keys("rotate", "issuer-ed25519", env=env).stdout
    assert [one["state"] for one in listed(env)] == ["retired", *["active"] * len(PLATFORM_PURPOSES)]

    out = tmp_path / "public"
    assert keys("export", str(out), env=env).stdout.startswith("did:web:exam.example.org\n")
    did = json.loads((out / "did.json").read_text())
    assert f"did:web:exam.example.org#{former}" in did["assertionMethod"]
    assert {path.name for path in out.iterdir()} == {"did.json", "jwks.json", "profile.json", "keys.json"}
    assert not any(b"PRIVATE" in path.read_bytes() for path in out.iterdir())


def test_a_retired_key_signs_nothing_more_and_stays_in_did_json(env: dict[str, str], tmp_path: Path) -> None:
    keys("init", env=env)
    key_id = listed(env)[0]["id"]
    assert "nothing is signed for issuer-ed25519 until" in keys("retire", key_id, env=env).stdout
    assert not list(Path(env["JOBTWIN_KEYS"]).glob(f"*{key_id}.pem"))
    assert [one["state"] for one in listed(env)] == ["retired", *["active"] * (len(PLATFORM_PURPOSES) - 1)]
    keys("export", str(tmp_path / "public"), env=env)
    did = json.loads((tmp_path / "public" / "did.json").read_text())
    assert did["assertionMethod"][-1].endswith(key_id)
    assert not any("revoked" in one for one in did["verificationMethod"])

    again, unknown = keys("retire", key_id, env=env).exception, keys("retire", "KEY", env=env).exception
    assert isinstance(again, Conflict)
    assert "retired already, since" in again.message
    assert isinstance(unknown, NotFound)
    made = json.loads(keys("init", "--json", env=env).stdout)["keys"]
    assert {one["state"] for one in made} == {"active"}
    assert len(made) == len(PLATFORM_PURPOSES)


@pytest.mark.parametrize("key_id", ["-hX", "--hX", "-eBEs3h5r", "_ok", "--at-x"])
def test_an_id_that_begins_with_a_hyphen_is_an_id(key_id: str, env: dict[str, str]) -> None:
    keys("init", env=env)
    retired, revoked = keys("retire", key_id, env=env), keys("revoke", key_id, "--reason", "lost", env=env)
    assert isinstance(retired.exception, NotFound)
    assert isinstance(revoked.exception, NotFound)
    assert keys("retire", key_id, "--unknown", env=env).exit_code == 2


def test_a_revoked_key_says_since_when_and_why(env: dict[str, str], tmp_path: Path) -> None:
    keys("init", env=env)
    key_id = listed(env)[1]["id"]
    done = keys("revoke", key_id, "--at", "2026-11-01T09:00:00Z", "--reason", "laptop stolen\x1b[2J", env=env)
    assert "nothing that this key signed is believed" in done.stdout
    assert "\x1b" not in done.stdout
    assert (listed(env)[1]["state"], listed(env)[1]["revoked"][:10]) == ("revoked", "2026-11-01")
    keys("export", str(tmp_path / "public"), env=env)
    did = json.loads((tmp_path / "public" / "did.json").read_text())
    marked = {one["id"].partition("#")[2]: one.get("revoked") for one in did["verificationMethod"]}
    assert marked[key_id] == "2026-11-01T09:00:00Z"
    assert keys("init", env=env).exit_code == 0
    assert [one["state"] for one in listed(env)] == [
        "active",
        "revoked",
        *["active"] * (len(PLATFORM_PURPOSES) - 1),
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("KEY", "--reason", "x", "--at", "yesterday"), "an instant in UTC"),
        (("KEY", "--reason", "x", "--at", "2999-01-01T00:00:00Z"), "in the future"),
        (("KEY", "--reason", "  "), "is empty"),
    ],
)
def test_an_unusable_revocation_changes_nothing(
    env: dict[str, str], arguments: tuple[str, ...], why: str
) -> None:
    keys("init", env=env)
    error = keys("revoke", *arguments, env=env).exception
    assert isinstance(error, BadInput)
    assert why in error.message
    assert isinstance(keys("revoke", "KEY", "--reason", "x", env=env).exception, NotFound)
    assert {one["state"] for one in listed(env)} == {"active"}


def test_keys_of_the_environment_are_listed_and_not_changed(env: dict[str, str], tmp_path: Path) -> None:
    keys("init", env=env)
    keys("export", str(tmp_path / "public"), env=env)
    pem = next(Path(env["JOBTWIN_KEYS"]).glob("ledger.*.pem")).read_text()
    named = {
        "JOBTWIN_PUBLIC_KEYS": str(tmp_path / "public" / "keys.json"),
        "JOBTWIN_KEY_LEDGER": pem,
        "JOBTWIN_KEYS": str(tmp_path / "nowhere" / "ring"),
    }
    assert listed(env) == listed(env | named)
    for arguments in (["init"], ["rotate", "ledger"], ["retire", "x"], ["revoke", "x", "--reason", "x"]):
        error = keys(*arguments, env=env | named).exception
        assert isinstance(error, BadInput)
        assert "come from the environment" in error.message
    alone = {name: value for name, value in named.items() if name != "JOBTWIN_PUBLIC_KEYS"}
    assert isinstance(keys("list", env=env | alone).exception, BadInput)


def test_the_settings_show_no_key(env: dict[str, str], tmp_path: Path) -> None:
    from jobtwin.config.environment import read_environment

    named = {"JOBTWIN_PUBLIC_KEYS": "keys.json", "JOBTWIN_KEY_LEDGER": "-----BEGIN PRIVATE KEY-----"}
    found = read_environment(env | named)
    assert found.key_variables
    assert "PRIVATE" not in repr(found)


def test_every_purpose_can_be_rotated() -> None:
    from jobtwin.cli import keys as command

    assert set(command.PURPOSES) == set(PURPOSES)
