"""Drills are scripts that anybody can start, and the runbook speaks of each."""

import os
import re
import subprocess

import pytest

from tests.deploy.manifests import ROOT

FOLDER = ROOT / "deploy/drills"
DRILLS = sorted(path.name for path in FOLDER.iterdir() if path.suffix == "" and path.name != "all")


@pytest.mark.parametrize("name", [*DRILLS, "all", "common.sh"])
def test_a_drill_is_a_script_that_bash_reads(name: str) -> None:
    path = FOLDER / name
    assert os.access(path, os.X_OK) == (name != "common.sh")
    subprocess.run(["bash", "-n", path], check=True)


def test_all_plays_each_of_them_and_the_runbook_shows_it() -> None:
    played = re.search(r"for drill in (.*); do", (FOLDER / "all").read_text())
    assert played
    assert sorted(played[1].split()) == DRILLS
    shown = (ROOT / "docs/runbook.md").read_text()
    assert all(re.search(rf"^    {name}$", shown, re.MULTILINE) for name in DRILLS)
