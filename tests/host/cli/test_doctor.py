"""`jobtwin doctor` on the real machine."""

import json
import os

import pytest
from click.testing import CliRunner

from jobtwin.cli.doctor import command

pytestmark = pytest.mark.host


def test_this_machine_has_an_engine() -> None:
    result = CliRunner().invoke(command, ["--json"])

    document = json.loads(result.stdout)
    assert (result.exit_code, document["ready"]) == (0, True)
    engines = {one["name"]: one["state"] for one in document["parts"] if one["group"] == "engine"}
    assert engines["bubblewrap"] == "works"


def test_without_any_program_it_says_so_and_ends_with_one() -> None:
    nothing = {"PATH": "/nonexistent", "JOBTWIN_ENGINE": "", "HOME": os.environ.get("HOME", "/")}
    result = CliRunner(env=nothing).invoke(command, [])

    assert "apt-get install bubblewrap" in result.output
    assert ("No sandbox works" in result.output) == (result.exit_code == 1)
