"""`jobtwin doctor --deploy` before a real database."""

import json
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = [pytest.mark.host, pytest.mark.usefixtures("db")]


def test_the_database_of_the_tests_is_whole_but_for_workers() -> None:
    from jobtwin.config.deployment_database import examine_database

    advice = {one.id: one.state for one in examine_database()}
    assert advice == {
        "D011": "good", "D012": "good", "D013": "good", "D014": "good", "D015": "warning", "D016": "good",
    }  # fmt: skip


def test_a_clock_that_is_wrong_is_told() -> None:
    from jobtwin.config.deployment_database import examine_database

    advice = {one.id: one for one in examine_database(datetime.now(UTC) + timedelta(minutes=5))}
    assert advice["D012"].found == "this clock is 300 s away from the database's"


def test_the_command_answers_as_json_and_ends_with_one_in_development() -> None:
    from click.testing import CliRunner

    from jobtwin.cli.doctor import command

    result = CliRunner().invoke(command, ["--deploy", "--json"])
    document = json.loads(result.stdout)
    assert (result.exit_code, document["ready"]) == (1, False)
    assert {one["id"] for one in document["checks"]} >= {"D001", "D008", "D011", "D016"}
    assert all(one["hint"] for one in document["checks"] if one["state"] != "good")
