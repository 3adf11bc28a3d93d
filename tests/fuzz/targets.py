"""Every parser of hostile input as a function of bytes, with a seed that it understands.

A target may refuse (a JobTwinError, a decision of F2, a sentence in its result); anything else that it
raises is a fault of ours. `tests/fuzz/test_parsers.py` feeds them in CI, `python -m tests.fuzz.run` by
coverage, with atheris.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from jobtwin.core.errors import JobTwinError
from jobtwin.proofs.baking import unbake, verify_presented
from jobtwin.proofs.note import parse_note
from jobtwin.proofs.receipt_verify import verify_receipt
from jobtwin.proofs.transcript import verify_transcript
from jobtwin.review.cells import cells_of
from jobtwin.review.kinds import Kind
from jobtwin.source.address import SourcePolicy, parse_source
from jobtwin.source.brief import read_brief
from jobtwin.source.declaration import read_declaration
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.dependencies import plan_requirements
from jobtwin.verification.f2.compose import read_service
from jobtwin.verification.f2.containerfile import parse_containerfile
from jobtwin.verification.f2.finding import Decided
from jobtwin.verification.f2.recipe import make_recipe
from jobtwin.verification.f4.page import read_page
from tests.proofs.exam import HOUSE, NOW, current_list, issued

SAMPLE_NOTEBOOK = b"""{"cells": [{"cell_type": "code", "source": ["a\\n", "b"], "outputs": []}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
SAMPLE_BRIEF = b"""id: small
title: Small
version: 1
time_box_hours: 4
rubric: {pass_at: "0.75", dimensions: [{id: ops, name: Operations, weight: "1.0", criteria: []}]}
"""


@dataclass(frozen=True)
class Target:
    """`read` takes whatever comes; `seed` is what it was written for."""

    read: Callable[[bytes], object]
    seed: bytes


def _tree(name: str) -> Callable[[bytes], object]:
    return lambda data: plan_requirements(MemoryTree({"requirements.txt": b"-r x\n", name: data}))


def _recipe(data: bytes) -> object:
    return make_recipe(parse_containerfile(data, instructions=100), find=lambda _: "local", arguments={})


@cache
def _did() -> bytes:
    return json.dumps(HOUSE.did()).encode()


def _credential(data: bytes) -> object:
    return verify_presented(data, did=_did(), status_list=current_list(), now=NOW)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", errors="replace"))


def targets() -> Mapping[str, Target]:
    """Each parser by name."""
    credential = issued()
    return {
        "brief": Target(lambda data: read_brief(data, name="fuzz"), SAMPLE_BRIEF),
        "declaration": Target(
            lambda data: read_declaration(MemoryTree({"jobtwin.toml": data})),
            b'[container]\nfile = "Containerfile"\nport = 8080\n[evals]\ncommand = ["python", "-m"]\n',
        ),
        "requirements": Target(_tree("requirements.txt"), b"django>=5; python_version > '3'\n-r more.txt\n"),
        "pyproject": Target(
            _tree("pyproject.toml"), b'[project]\nname = "x"\ndependencies = ["django>=5"]\n'
        ),
        "setup.cfg": Target(_tree("setup.cfg"), b"[options]\ninstall_requires =\n    django>=5\n"),
        "setup.py": Target(
            _tree("setup.py"), b"from setuptools import setup\nsetup(install_requires=['x'])\n"
        ),
        "pipfile": Target(_tree("Pipfile"), b'[packages]\ndjango = "*"\n'),
        "poetry.lock": Target(_tree("poetry.lock"), b'[[package]]\nname = "x"\nversion = "1"\n'),
        "containerfile": Target(
            _recipe, b"ARG A=1\nFROM python:3.11 AS a\nRUN pip install x\nCOPY --from=a /x /y\n"
        ),
        "compose": Target(
            lambda data: read_service(data, ""), b"services:\n  a:\n    build: .\n    ports: ['8080:80']\n"
        ),
        "notebook": Target(_text(lambda text: cells_of(Kind.NOTEBOOK, text.split("\n"))), SAMPLE_NOTEBOOK),
        "page": Target(
            _text(lambda text: read_page(text, characters=10_000)), b"<h1>Hi</h1><script>x</script>"
        ),
        "address": Target(
            _text(lambda text: parse_source(text, SourcePolicy())), b"https://git.example.org/ada/capstone"
        ),
        "credential": Target(_credential, json.dumps(credential.document).encode()),
        "token": Target(_credential, credential.token.encode()),
        "picture": Target(unbake, b"\x89PNG\r\n\x1a\n"),
        "transcript": Target(
            lambda data: verify_transcript(data, did=_did(), status_list=current_list(), now=NOW), b"{}"
        ),
        "receipt": Target(lambda data: verify_receipt(data, keys=_did(), now=NOW), b"{}"),
        "note": Target(_text(parse_note), b"origin\n1\nAAAA\n\n\xe2\x80\x94 name AAAA\n"),
    }


def feed(target: Target, data: bytes) -> None:
    """Reads `data`; what a parser may say of it is no fault."""
    with suppress(JobTwinError, Decided):
        target.read(data)
