"""The example of the verifier as a library runs as it stands in the documentation."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobtwin.proofs.credential import export_credential
from tests.proofs.exam import HOUSE, issued

ROOT = Path(__file__).parents[2]


def test_the_example_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/credentials.md").read_text()
    (example,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    status = HOUSE.status_list(now=datetime.now(UTC))
    export_credential(tmp_path, issued(), did=HOUSE.did(), status_list=status)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/credentials.md", "exec"), {})  # noqa: S102 - our own page
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "ok  form The document says nothing that its contexts do not define."
    assert said[-2:] == [
        "valid",
        "[('System design', '0.85', '1.00'), ('Security review', '0.70', '0.90')]",
    ]
