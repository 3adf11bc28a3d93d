"""The packaged sample as a repository, and `jobtwin draft` as a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jobtwin.review.model.settings import ModelSettings

LONGEST = 100
"""Seconds that a review may take here; each test asserts a closer limit."""


@dataclass(frozen=True)
class Ran:
    """What a process printed, its exit code, and the seconds that it took."""

    document: dict[str, Any]
    text: str
    errors: str
    code: int
    seconds: float


Draft = Callable[..., Ran]
DraftHere = Callable[[str, "ModelSettings"], Ran]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from jobtwin.cli.sample import make_sample

    folder = tmp_path_factory.mktemp("sample") / "capstone"
    make_sample(folder)
    return folder


@pytest.fixture(scope="session")
def run_draft(sample: Path) -> Draft:
    """Runs `jobtwin draft` on the sample with these arguments and settings of the environment."""

    def run(*arguments: str, source: Path = sample, **environment: str) -> Ran:
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "jobtwin.cli.main", "draft", str(source), "--json", *arguments],
            env={**kept, "OPENAI_API_KEY": "key-of-the-test", **environment},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        document = json.loads(done.stdout) if done.stdout else {}
        return Ran(document, done.stdout, done.stderr, done.returncode, time.monotonic() - begun)

    return run


@pytest.fixture(scope="session")
def draft_here(sample: Path) -> DraftHere:
    """Drafts the sample in this process, through the same clients over the same wire."""
    from jobtwin.cli.source import opened
    from jobtwin.review.draft import draft_review
    from jobtwin.review.model.endpoint import endpoints_of
    from jobtwin.review.model.reader import ModelReader
    from jobtwin.source.brief import built_in_brief

    def run(url: str, settings: "ModelSettings") -> Ran:
        begun = time.monotonic()
        reader = ModelReader(endpoints_of(["openai:x"], {"OPENAI_BASE_URL": url}, private=True), settings)
        with opened(str(sample)) as repository:
            draft = draft_review(repository, built_in_brief("capstone"), source=str(sample), reader=reader)
        text = json.dumps(draft.as_json())
        return Ran(json.loads(text), text, "", 0, time.monotonic() - begun)

    return run


@pytest.fixture(scope="session")
def plain(run_draft: Draft) -> dict[str, Any]:
    """The draft without a model."""
    return run_draft().document


@pytest.fixture(scope="session")
def contents(sample: Path) -> Callable[[str], bytes]:
    """The bytes of a path at the sample's commit, asked from git itself."""

    def content(path: str) -> bytes:
        return subprocess.run(
            ["git", "-C", str(sample), "show", f"HEAD:{path}"], capture_output=True, check=True
        ).stdout

    return content


@pytest.fixture(scope="session")
def assert_sound(plain: dict[str, Any], contents: Callable[[str], bytes]) -> Callable[[Ran], None]:
    """Bounds as without a model, every score inside of them, every citation true at the commit."""
    from jobtwin.core.evidence import Span, quote_sha256

    def check(ran: Ran) -> None:
        assert (ran.code, ran.errors) == (0, "")
        for mine, other in zip(ran.document["dimensions"], plain["dimensions"], strict=True):
            assert (mine["id"], mine["lower"], mine["upper"]) == (other["id"], other["lower"], other["upper"])
            assert mine["lower"] <= mine["score"] <= mine["upper"]
            for criterion in mine["criteria"]:
                for cited in criterion["citations"]:
                    span = Span(cited["path"], cited["line_start"], cited["line_end"])
                    assert quote_sha256(contents(span.path), span) == cited["quote_sha256"]
        assert ran.document["overall"]["score"] <= plain["overall"]["upper"]
        assert ran.document["usage"]["calls"] <= 40
        assert ran.document["usage"]["tokens_in"] + ran.document["usage"]["tokens_out"] <= 250_000

    return check
