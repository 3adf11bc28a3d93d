"""What the database itself refuses, whatever the code above it does."""

import pytest

pytestmark = pytest.mark.host


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(
    "table", [f"store_{one}" for one in ("ledgerentry", "ledgernode", "checkpoint", "cosignature")]
)
def test_the_application_role_may_only_add_to_ledgers(table: str, verb: str) -> None:
    from django.db import ProgrammingError, connection

    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(verb.format(table))


@pytest.mark.parametrize(
    "statement", ["UPDATE store_checkpoint SET note = ''", "DELETE FROM store_checkpoint"]
)
def test_even_a_superuser_is_stopped_by_the_trigger(statement: str, committed_db: str) -> None:
    import psycopg

    from tests.host.people import claimed, everybody, sealed, verified, writer

    people = everybody()
    sealed(claimed(verified(people.ada), people.max), "0.80", writer())
    with psycopg.connect(committed_db) as superuser, pytest.raises(psycopg.errors.InsufficientPrivilege):
        superuser.execute(statement)


@pytest.mark.usefixtures("db")
def test_the_database_refuses_a_weight_above_its_ceiling() -> None:
    from django.db import IntegrityError

    from jobtwin.store.models import Decision, SkillAssertion
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people, ledgers = everybody(), writer()
    submission = verified(people.ada)
    for mark in [claimed(submission, one) for one in (people.max, people.noor)]:
        sealed(mark, "0.80", ledgers)
    with pytest.raises(IntegrityError, match="skill_weight_within_ceiling"):
        SkillAssertion.objects.create(
            decision=Decision.objects.get(), skill="safety.review", title="", weight="0.91", ceiling="0.90"
        )


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "change", [{"scores": {}}, {"comments": {"quality": "Other words."}}, {"readings": {"x": "met"}}]
)
def test_the_database_refuses_to_change_a_sealed_mark(change: dict[str, object]) -> None:
    from django.db import DatabaseError, transaction

    from jobtwin.store.models import Mark
    from tests.host.people import claimed, everybody, sealed, verified, writer

    people = everybody()
    mark = sealed(claimed(verified(people.ada), people.max), "0.80", writer())
    with pytest.raises(DatabaseError, match="a sealed mark never changes"), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(**change)
    Mark.objects.filter(pk=mark.pk).update(comments={})  # erasure empties them


@pytest.mark.usefixtures("db")
def test_the_models_and_the_migrations_agree() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_of_twelve_racing_submissions_one_wins_and_the_others_are_told(committed_db: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from jobtwin.core.errors import Conflict
    from jobtwin.store.models import Submission
    from tests.host.people import everybody, started, submitted

    people = everybody()
    attempt = started(people.ada)

    def race(number: int) -> str:
        try:
            submitted(people.ada, attempt=attempt, commit=f"{number:040x}")
        except Conflict:
            return "told"
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(race, range(12)))
    assert sorted(outcomes) == ["told"] * 11 + ["won"]
    assert Submission.objects.count() == 1


def test_two_mentors_racing_for_one_seat_get_different_seats(committed_db: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from jobtwin.core.errors import Conflict
    from tests.host.people import claimed, everybody, verified

    people = everybody()
    submission = verified(people.ada)

    def race(name: str) -> int | None:
        try:
            return claimed(submission, getattr(people, name)).seat
        except Conflict:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        seats = list(pool.map(race, ["max", "noor", "kit"]))
    assert {seat for seat in seats if seat} == {1, 2}
    assert seats.count(None) == 1
