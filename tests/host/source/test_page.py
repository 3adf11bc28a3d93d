"""The example on docs/source.md does what the page says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jobtwin.source.limits import FetchLimits

pytestmark = pytest.mark.host
PAGE = Path(__file__).parents[3] / "docs" / "source.md"


def test_the_example_prints_what_the_page_shows(tmp_path: Path) -> None:
    example, output = re.findall(r"```(?:python|text)\n(.*?)```", PAGE.read_text(), re.DOTALL)[:2]
    script = tmp_path / "example.py"
    script.write_text(example.replace("mkdtemp()", f"mkdtemp(dir={str(tmp_path)!r})"))
    run = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True, check=True
    )
    assert run.stdout == output


def test_every_limit_is_on_the_page() -> None:
    described = set(re.findall(r"^\| `([a-z_]+)` \| [0-9]", PAGE.read_text(), re.MULTILINE))
    assert described == set(FetchLimits.__dataclass_fields__)
