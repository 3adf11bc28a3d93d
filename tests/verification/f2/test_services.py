"""Which services stand beside a container, and what is laid ready in them."""

from pathlib import Path

import pytest

from jobtwin.verification.f2.inside.needs import hosts_file, read_needs
from jobtwin.verification.f2.services import Beside, kind_of, plan_services, programs_here

HERE = {"postgres": Path("/pg"), "model": Path("/model")}


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("postgres", "postgres"), ("postgres:16-alpine", "postgres"), ("pgvector/pgvector:pg17", "postgres"),
        ("bitnami/postgresql@sha256:00", "postgres"), ("registry.example:5000/redis:7", "redis"),
        ("valkey/valkey", "redis"), ("redis/redis-stack", None), ("postgis/postgis", None),
        ("qdrant/qdrant", None), ("", None), (None, None), (["redis"], None),
    ],
)  # fmt: skip
def test_a_compose_image_is_of_a_listed_kind_or_of_none(image: object, kind: str | None) -> None:
    assert kind_of(image) == kind


def test_two_databases_are_one_server_with_both_names_and_the_others_are_told() -> None:
    found = plan_services(
        [
            Beside("db", "postgres", {"POSTGRES_USER": "ada"}),
            Beside("jobs", "postgres"),
            Beside("cache", "redis"),
            Beside("qdrant", None),
        ],
        HERE,
    )

    assert (set(found.run), found.run["postgres"].names) == ({"postgres"}, ("db", "jobs"))
    assert found.run["postgres"].environment == {"POSTGRES_USER": "ada"}
    assert found.absent[0].startswith("cache (its server is not on this machine: apt-get install ")
    assert found.absent[1:] == ("qdrant",)
    assert not found.demanded
    assert plan_services([Beside("qdrant", None, declared=True)], HERE).demanded


def test_the_embedded_database_and_the_stand_in_model_are_always_there() -> None:
    assert {"postgres", "model"} <= set(programs_here())
    assert (programs_here()["postgres"] / "bin" / "initdb").is_file()


def test_users_databases_and_hosts_are_read_from_addresses_and_parts() -> None:
    found = read_needs(
        ["postgres", "redis"],
        [
            {"POSTGRES_USER": "ada", "POSTGRES_DB": "kite", "POSTGRES_PASSWORD": "x"},
            {"URL": "postgresql+asyncpg://noor:p%40w@store:5432/jobs?ssl=prefer"},
            {"REDIS_ADDRESS": "redis://:secret@queue:6379/1", "PGHOST": "10.0.0.1"},
        ],
    )

    assert set(found.users) == {"ada", "noor"}
    assert found.databases == {"kite": "ada", "jobs": "noor"}
    assert (found.hosts, found.redis_password) == (("store", "queue"), "secret")
    assert found.environment["REDIS_URL"] == "redis://redis:6379/0"


def test_nothing_named_gets_a_user_of_its_own_and_what_is_named_is_kept() -> None:
    assert read_needs(["postgres"], []).environment["DATABASE_URL"].endswith("app:stand-in@postgres:5432/app")
    assert "DATABASE_URL" not in read_needs(["postgres"], [{"DATABASE_URL": "x"}]).environment
    model = read_needs(["model"], [{"OPENAI_BASE_URL": "https://api.example/v1"}]).environment
    assert model["OPENAI_BASE_URL"] == "http://model:11434/v1"


@pytest.mark.parametrize("name", ['x"; DROP', "jobtwin", "pg_monitor", "a\nb", "a" * 64, ""])
def test_a_name_that_is_no_plain_one_is_never_written_into_a_statement(name: str) -> None:
    found = read_needs(["postgres"], [{"POSTGRES_USER": name, "POSTGRES_DB": name}])

    assert (found.users, dict(found.databases)) == (("app",), {"app": "app"})


def test_only_names_that_can_be_a_services_own_lead_to_the_loopback() -> None:
    names = ["db", "localhost", "api.example.com", "10.1.2.3", "7", "a b", "x\n9.9.9.9 evil", "DB"]

    assert hosts_file(names) == "127.0.0.1 localhost db DB\n::1 localhost\n"
