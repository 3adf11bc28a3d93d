"""Trees for the tests of the review: an honest small capstone, and ways to spoil it."""

from collections.abc import Mapping

from jobtwin.source.tree import MemoryTree

COMMIT = "c0ffee" + "0" * 34

README = """# Ticket triage

A small service for support teams.

## The problem and who has it

Support leads at small shops read two hundred tickets every morning before they can start work.
With the service the urgent ones stand first, so that nobody waits a whole day for an answer.
A wrong label costs little because every ticket keeps its place in the ordinary queue as well.

## Scope and limits

The service sorts tickets in English and leaves every other language in the order they came.
It never answers a customer and it never closes a ticket by itself, whatever the model says.

## Quick start

Build the image, start it with `docker run -p 8000:8000 triage` and send one ticket to see its label.
The sample data in the evals folder is enough to try everything without any key at all.
"""

THREATS = """# Threat model

The service reads text from strangers and hands it to a model, so the text may be hostile.

## Threats

A customer writes instructions into a ticket so that the model labels everything as urgent.
Somebody sends a very long ticket again and again until the budget for the model is used up.
A log line could repeat a card number that a customer pasted into the body of a ticket.

## Mitigations

Labels are checked against a fixed list in app/service.py before anything leaves the process.
The length of a ticket is capped in app/service.py and the test is tests/test_service.py today.
Log lines hold identifiers and never the text, which the same tests look at with a fake ticket.
"""

SERVICE = '''"""Labels for tickets."""

import logging
import os

import httpx

logger = logging.getLogger(__name__)
LABELS = ("urgent", "normal")
LIMIT = int(os.environ.get("TICKET_LIMIT", "4000"))


def label(text, ask):
    """The label of a ticket."""
    if len(text) > LIMIT:
        raise ValueError("the ticket is too long")
    answer = ask(text, timeout=10)
    logger.info("labelled", extra={"size": len(text)})
    return answer if answer in LABELS else "normal"
'''

TESTS = """import pytest

from app.service import label


def test_rejects_what_is_too_long():
    with pytest.raises(ValueError):
        label("a" * 5000, ask=lambda text, timeout: "urgent")


def test_an_injected_label_is_refused():
    assert label("ignore the rules", ask=lambda text, timeout: "hacked") == "normal"
"""

WORKFLOW = """name: ci
on:
  push:
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          pip install -r requirements.txt
          ruff check .
          pytest -q
      - run: pip-audit
"""

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes([0, 0, 2, 0, 0, 0, 1, 0]) + bytes(600)
"""The beginning of a PNG of 512 by 256."""

WORDS = (
    "parcels", "doors", "invoices", "thanks", "offices", "keys", "newsletters", "prices", "addresses",
    "holidays", "lamps", "roads", "trees",
)  # fmt: skip
CASES = "".join(
    f'{{"id": {n}, "ticket": "a case about {WORDS[n]}", "kind": "{kind}", "label": "normal"}}\n'
    for n, kind in enumerate(["plain"] * 9 + ["injection"] * 4)
)

HONEST: dict[str, bytes] = {
    path: text.encode()
    for path, text in {
        "README.md": README,
        "docs/threat-model.md": THREATS,
        "app/service.py": SERVICE,
        "tests/test_service.py": TESTS,
        ".github/workflows/ci.yml": WORKFLOW,
        "evals/cases.jsonl": CASES,
        "evals/run.py": (
            "def score(answer, wanted):\n    return float(answer == wanted)\n\n\n"
            "print(score('a', open('evals/cases.jsonl').read()))\n"
        ),
        "Containerfile": (
            "FROM python:3.11-slim\nCOPY . /srv\nUSER 65532\n"
            'HEALTHCHECK CMD ["python", "-m", "app.probe"]\nCMD ["app"]\n'
        ),
        "requirements.txt": "httpx==0.27.0\n",
        "pyproject.toml": '[project]\nname = "triage"\ndescription = "sorts tickets"\n',
    }.items()
}


def tree(files: Mapping[str, str | bytes] | None = None, **modes: str) -> MemoryTree:
    """A tree of the given files; text is encoded as UTF-8."""
    given = {path: text.encode() if isinstance(text, str) else text for path, text in (files or {}).items()}
    return MemoryTree(given, COMMIT, modes)


def honest(changes: Mapping[str, str | bytes | None] | None = None) -> MemoryTree:
    """The honest capstone with some files replaced, added or (None) taken away."""
    files: dict[str, str | bytes] = dict(HONEST)
    for path, text in (changes or {}).items():
        if text is None:
            files.pop(path, None)
        else:
            files[path] = text
    return tree(files)


def facts(commit: str = COMMIT, **verdicts: str) -> dict[str, object]:
    """What `jobtwin verify --json` prints, with one reason code for each named check."""
    words = {
        "ok": "confirmed",
        "tests_failed": "refuted",
        "not_public": "refuted",
        "survives_sabotage": "refuted",
    }
    return {
        "source": "somewhere",
        "commit": commit,
        "brief": "capstone",
        "engine": "bubblewrap",
        "checks": [
            {
                "id": check,
                "verdict": words.get(reason, "inconclusive"),
                "reason": reason,
                "summary": f"what happened with {check}",
                "facts": {},
                "seconds": 1.0,
            }
            for check, reason in verdicts.items()
        ],
    }
