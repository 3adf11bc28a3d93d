"""`make test-interop`: every verifier's answer to every case. Exit 1 where one of them is wrong.

What changes a signed statement, and every changed token, must be refused by all. What the signature does
not cover (an order, a spelling) is refused by ours, and the table says who else notices.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier
from openbadgeslib.ob3.status import check_credential_status

import jobtwin.proofs.contexts
from tests.interop.cases import SIGNED, Case, Export, cases, ours

HERE = Path(__file__).parent
AT_LEAST = 39


def main() -> int:
    """Plays the demo in a folder of its own, asks everybody, prints a line a case and a count."""
    with tempfile.TemporaryDirectory(prefix="jobtwin-interop-") as name:
        export = played(Path(name))
        asked = list(cases(export))
        theirs = by_node(asked, export, Path(name))
        wrong = refused = 0
        for one in asked:
            code = ours(one, export)
            answers = {
                "ours": not code,
                "node": theirs[one.name],
                "openbadgeslib": by_openbadgeslib(one, export),
            }
            must_all = one.honest or isinstance(one.body, str) or code in SIGNED
            bad = (
                any(answer is not one.honest for answer in answers.values()) if must_all else answers["ours"]
            )
            wrong, refused = wrong + bad, refused + (must_all and not one.honest and not bad)
            sys.stdout.write(_line(one, code, answers, bad=bad) + "\n")
        said = f"{refused} tampered or revoked variants refused by all three; {wrong} wrong answers"
        sys.stdout.write(said + "\n")
        return int(wrong > 0 or refused < AT_LEAST)


def played(folder: Path) -> Export:
    """The export of one demo."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("JOBTWIN_", "DATABASE"))}
    env = plain | {"JOBTWIN_HOME": str(folder / "home"), "JOBTWIN_KEYS": str(folder / "keys" / "ring")}
    folder.chmod(0o755)
    command = [sys.executable, "-m", "jobtwin.cli.main", "demo", "--out", str(folder / "out")]
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
    return Export(folder / "out", folder / "keys" / "demo-keys")


def by_node(asked: Iterable[Case], export: Export, folder: Path) -> dict[str, bool]:
    """Whether Digital Bazaar's packages (documents) or jose (tokens) accept each case."""
    file = folder / "cases.json"
    file.write_text(json.dumps({"did": export.json("did.json"), "cases": [one.as_json() for one in asked]}))
    contexts = Path(jobtwin.proofs.contexts.__file__).parent
    done = subprocess.run(
        ["node", str(HERE / "verify.mjs"), str(file), str(contexts)],
        check=True,
        capture_output=True,
        text=True,
    )
    return {one["name"]: one["accepted"] for one in json.loads(done.stdout)}


def by_openbadgeslib(one: Case, export: Export) -> bool:
    """Whether openbadgeslib accepts it, its status list read too."""
    did = export.json("did.json")
    base = str(one.status["id"]).removesuffix("/status/0")
    served = {f"{base}/.well-known/did.json": did, str(one.status["id"]): one.status}

    def download(address: str) -> bytes:
        if address not in served:
            raise OB3VerificationError(f"nothing is fetched: {address}")
        return json.dumps(served[address]).encode()

    try:
        if isinstance(one.body, str):
            read = OB3Verifier.for_issuer_did(did["id"], download=download).verify(one.body)
        else:
            inside = one.body.get("verifiableCredential", [one.body])  # it knows no presentations
            text = json.dumps(inside[0])
            read = OB3LdpVerifier.for_issuer_did(did["id"]).verify(text, download=download)
        check_credential_status(read, download=download)
    except (OB3VerificationError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def _line(one: Case, code: str, answers: dict[str, bool], *, bad: bool) -> str:
    said = "  ".join(f"{name} {'accepts' if accepted else 'refuses'}" for name, accepted in answers.items())
    return f"{'WRONG' if bad else 'ok   '}  {one.name:52} {code or 'valid':16} {said}"


if __name__ == "__main__":
    sys.exit(main())
