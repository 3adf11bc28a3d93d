"""Every parser of hostile input as a function of bytes, with a seed that it understands.

A target may refuse (a JobTwinError, a decision of F2, a sentence in its result); anything else that it
raises is a fault of ours. `tests/fuzz/test_parsers.py` feeds them in CI, `python -m tests.fuzz.run` by
coverage, with atheris.
"""

import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jobtwin.core.errors import JobTwinError
from jobtwin.core.roster import parse_roster
from jobtwin.lti.launch import key_id, read_launch
from jobtwin.proofs.baking import bake_svg, unbake, verify_presented
from jobtwin.proofs.note import parse_note
from jobtwin.proofs.receipt_verify import verify_receipt
from jobtwin.proofs.transcript import verify_transcript
from jobtwin.review.cells import cells_of
from jobtwin.review.files import Files
from jobtwin.review.kinds import Kind
from jobtwin.review.model.answer import BadAnswer, parse_answer
from jobtwin.review.workflows import commands_of
from jobtwin.source.address import SourcePolicy, parse_source
from jobtwin.source.archive import ArchiveLimits, unpack
from jobtwin.source.brief import read_brief
from jobtwin.source.bundle import open_bundle
from jobtwin.source.declaration import read_declaration
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.dependencies import plan_requirements
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.f1.results import read_results
from jobtwin.verification.f2.compose import read_service
from jobtwin.verification.f2.containerfile import parse_containerfile
from jobtwin.verification.f2.finding import Decided
from jobtwin.verification.f2.recipe import make_recipe
from jobtwin.verification.f4.page import read_page
from jobtwin.verification.npm.manifest import clean_lock, find_front_ends
from tests.lti.platform import claims_at
from tests.lti.test_launch import EXPECTED, PLATFORM, PUBLIC
from tests.lti.test_launch import NOW as LAUNCHED
from tests.proofs.exam import HOUSE, NOW, current_list, issued
from tests.review.model.test_answer import GOOD, PROMPT
from tests.verification.f1.test_results import END, KEY, START, line

SAMPLE_NOTEBOOK = b"""{"cells": [{"cell_type": "code", "source": ["a\\n", "b"], "outputs": []}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
SAMPLE_BRIEF = b"""id: small
title: Small
version: 1
time_box_hours: 4
rubric: {pass_at: "0.75", dimensions: [{id: ops, name: Operations, weight: "1.0", criteria: []}]}
"""
SAMPLE_WORKFLOW = b"""on: [push]
jobs:
  test:
    runs-on: ubuntu
    defaults: {run: {working-directory: app}}
    steps:
      - uses: actions/checkout@v4
      - run: |
          make test && ./ci.sh
"""
SAMPLE_PACKAGE = b'{"name": "x", "scripts": {"test": "vitest"}, "dependencies": {"a": "^1.0.0"}}'
SAMPLE_NPM_LOCK = b"""{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1.0.0"}},
 "node_modules/a": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
  "integrity": "sha512-AAAAAAAAAAAAAAAAAAAAAAAA"}}}"""
SMALL = ArchiveLimits(files=20, file_bytes=20_000, total_bytes=50_000)


@dataclass(frozen=True)
class Target:
    """`read` takes whatever comes; `seed` is what it was written for."""

    read: Callable[[bytes], object]
    seed: bytes


def _tree(name: str) -> Callable[[bytes], object]:
    return lambda data: plan_requirements(MemoryTree({"requirements.txt": b"-r x\n", name: data}))


def _recipe(data: bytes) -> object:
    return make_recipe(parse_containerfile(data, instructions=100), find=lambda _: "local", arguments={})


def _archive(data: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="jobtwin-fuzz-") as folder:
        (Path(folder) / "uploaded").write_bytes(data)
        unpack(Path(folder) / "uploaded", Path(folder) / "into", SMALL)
        outside = [one for one in Path(folder).iterdir() if one.name not in {"uploaded", "into"}]
        if outside or any(one.is_symlink() for one in Path(folder).rglob("*")):
            raise AssertionError(f"an archive reached out: {outside}")


def _bundle(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(prefix="jobtwin-fuzz-") as file:
        file.write(data)
        file.flush()
        with open_bundle(Path(file.name)):
            """Its header was understood."""


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("app/main.py", "print(1)\n")
        packed.writestr("app/b.txt", "x" * 300, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as packed:
        for name in ("app/main.py", "app/ü" * 40):
            packed.addfile(tarfile.TarInfo(name))
    return file.getvalue()


def _npm(name: str) -> Callable[[bytes], object]:
    files = {"package.json": SAMPLE_PACKAGE, "package-lock.json": SAMPLE_NPM_LOCK}
    return lambda data: [clean_lock(one) for one in find_front_ends(MemoryTree(files | {name: data}), "")]


def _workflow(data: bytes) -> object:
    around = {"Makefile": b"test:\n\tpytest\n", "ci.sh": b"#!/bin/sh\npytest\n"}
    return list(commands_of(Files(MemoryTree(around | {".github/workflows/ci.yml": data}))))


def _launch(token: str) -> object:
    key_id(token)
    return read_launch(token, key=PUBLIC, expected=EXPECTED, now=LAUNCHED)


def _results(data: bytes) -> object:
    """Signed as by the reporter, which the suite can put anything into; then as it came."""
    signed = b"".join(
        line(number, json.loads(body)) for number, body in enumerate(data.split(b"\n")) if _is_json(body)
    )
    return read_results(signed, KEY), read_results(data, KEY)


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _roster(data: bytes) -> object:
    return parse_roster(data, roles=("learner",), usual_role="learner", is_address=lambda one: "@" in one)


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
        "svg": Target(unbake, bake_svg('<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a.b.c").encode()),
        "zip": Target(_archive, _zip()),
        "tar": Target(_archive, _tar()),
        "bundle": Target(_bundle, b"# v2 git bundle\n" + b"a" * 40 + b" refs/jobtwin/submission\n\nPACK"),
        "package.json": Target(_npm("package.json"), SAMPLE_PACKAGE),
        "package-lock.json": Target(_npm("package-lock.json"), SAMPLE_NPM_LOCK),
        "uv.lock": Target(
            _tree("uv.lock"),
            b'version = 1\n[[package]]\nname = "x"\nversion = "1"\nsource = {registry = "https://pypi.org/simple"}\n'
            b'wheels = [{url = "https://a/x.whl", hash = "sha256:00"}]\n',
        ),
        "pylock.toml": Target(
            _tree("pylock.toml"),
            b'lock-version = "1.0"\n[[packages]]\nname = "x"\nversion = "1"\nmarker = "os_name == \'nt\'"\n',
        ),
        "pipfile.lock": Target(
            _tree("Pipfile.lock"), b'{"default": {"x": {"version": "==1", "hashes": ["sha256:00"]}}}'
        ),
        "workflow": Target(_workflow, SAMPLE_WORKFLOW),
        "answer": Target(
            _text(lambda text: parse_answer(text, PROMPT, most_chars=4000)), json.dumps(GOOD).encode()
        ),
        "launch": Target(_text(_launch), PLATFORM.signed(claims_at(LAUNCHED, "n1")).encode()),
        "results": Target(_results, json.dumps(START).encode() + b"\n" + json.dumps(END).encode()),
        "roster": Target(_roster, b"email;role\nada@example.org;learner\n"),
        "picture": Target(unbake, b"\x89PNG\r\n\x1a\n"),
        "transcript": Target(
            lambda data: verify_transcript(data, did=_did(), status_list=current_list(), now=NOW), b"{}"
        ),
        "receipt": Target(lambda data: verify_receipt(data, keys=_did(), now=NOW), b"{}"),
        "note": Target(_text(parse_note), b"origin\n1\nAAAA\n\n\xe2\x80\x94 name AAAA\n"),
    }


def feed(target: Target, data: bytes) -> None:
    """Reads `data`; what a parser may say of it is no fault."""
    with suppress(JobTwinError, Decided, DependencyFailure, BadAnswer):
        target.read(data)
