"""A whole review of the packaged sample through a real model server with a JSON-schema grammar."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.host.review.conftest import Draft, Ran
from tests.host.review.tiny import serving_model, write_model

pytestmark = pytest.mark.host


@pytest.fixture(scope="module")
def model_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for a model of random weights whose vocabulary knows the sample's commonest words."""
    from jobtwin.review.model.prompt import instructions

    sample = files("jobtwin") / "samples" / "capstone"
    texts = [path.read_text() for path in sorted(Path(str(sample)).rglob("*.md"))]
    path = tmp_path_factory.mktemp("model") / "random.gguf"
    write_model(path, [instructions().text, *texts])
    assert path.stat().st_size < 1_000_000
    with serving_model(path) as url:
        yield url


def test_a_model_that_knows_nothing_drives_a_whole_review_inside_the_bounds(
    model_url: str, run_draft: Draft, plain: dict[str, Any], assert_sound: Callable[[Ran], None]
) -> None:
    ran = run_draft("--model", "openai:random", "--call-seconds", "60", OPENAI_BASE_URL=model_url)
    assert_sound(ran)
    usage = ran.document["usage"]
    waiting = {
        "production.tests_pass",
        "production.container_starts",
        "evals.suite_runs",
        "polish.artifact_public",
    }
    unclear = {c["id"] for d in plain["dimensions"] for c in d["criteria"] if c["verdict"] == "unclear"}
    assert set(usage["by_model"]) == unclear - waiting
    assert usage["troubles"] == {}
    assert set(usage["outcomes"]) <= {"met", "not_met", "unclear"}
    assert all(request["tokens_in"] > 100 and request["tokens_out"] > 10 for request in usage["requests"])
