"""The two verifiers ask nobody, load little, and their codes are described."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobtwin.proofs.credential import document_bytes, export_credential
from jobtwin.proofs.ledger_codes import CODES as LEDGER_CODES
from jobtwin.proofs.verification import CODES
from tests.proofs import test_ledger_readings, test_ledgers
from tests.proofs.book import honest
from tests.proofs.exam import HOUSE, NOW, current_list, issued

DOCS = Path(__file__).parents[2] / "docs"

ALONE = """
import json, sys
from datetime import datetime
from pathlib import Path
asked = []
def watch(event, arguments):
    # urllib3, where it is installed, binds a socket to learn whether the machine knows IPv6.
    if event.startswith(("socket.connect", "socket.get", "socket.send", "subprocess", "urllib", "http")):
        asked.append(event)
sys.addaudithook(watch)
folder, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
if sys.argv[3] == "ledger":
    from jobtwin.proofs.ledger import verify_ledger
    outcome = verify_ledger(folder)
else:
    from jobtwin.proofs.verify import verify_credential
    read = lambda name: (folder / name).read_bytes()
    outcome = verify_credential(
        read(sys.argv[3]), did=read("did.json"), status_list=read("status-list.json"), now=now
    )
loaded = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps({"code": outcome.code, "asked": asked, "loaded": loaded}))
"""


def alone(folder: Path, what: str) -> dict[str, Any]:
    """Verify in a fresh process that notes every call to a network or another program."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, str(folder), NOW.isoformat(), what],
        capture_output=True,
        check=True,
        text=True,
    )
    outcome: dict[str, Any] = json.loads(run.stdout)
    return outcome


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """An exported credential with all that a check needs."""
    export_credential(tmp_path, issued(), did=HOUSE.did(), status_list=json.loads(current_list()))
    return tmp_path


def test_a_ledger_is_verified_with_few_libraries_and_no_network(tmp_path: Path) -> None:
    outcome = alone(honest(tmp_path), "ledger")

    assert (outcome["code"], outcome["asked"]) == ("", [])
    assert not {"django", "pydantic", "pyld", "joserfc", "psycopg"} & set(outcome["loaded"])


@pytest.mark.parametrize("name", ["credential.json", "credential.jwt"])
def test_a_credential_is_verified_with_few_libraries_and_no_network(exported: Path, name: str) -> None:
    outcome = alone(exported, name)

    assert (outcome["code"], outcome["asked"]) == ("", [])
    assert not {"django", "pydantic", "joserfc", "psycopg"} & set(outcome["loaded"])


def test_an_export_holds_four_files_that_read_back(exported: Path) -> None:
    assert {path.name for path in exported.iterdir()} == {
        "credential.json",
        "credential.jwt",
        "did.json",
        "status-list.json",
    }
    assert (exported / "credential.json").read_bytes() == document_bytes(issued().document)
    assert (exported / "credential.jwt").read_text() == issued().token


@pytest.mark.parametrize(("page", "codes"), [("credentials.md", CODES), ("ledgers.md", LEDGER_CODES)])
def test_every_code_is_described_and_nothing_else(page: str, codes: dict[str, str]) -> None:
    described = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", (DOCS / page).read_text(), re.MULTILINE))

    assert described == codes


def test_every_code_of_a_ledger_is_known() -> None:
    seen = {code for _, _, code in (*test_ledgers.TAMPERED, *test_ledger_readings.FAULTY)}

    assert seen < set(LEDGER_CODES)
