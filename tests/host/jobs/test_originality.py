"""Originality facts on the real database: pairs within a cohort, once, for the mentor's desk alone."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.review.originality.test_prints import OWN, RENAMED
from tests.review.trees import SERVICE

if TYPE_CHECKING:
    from jobtwin.store.models import Submission

pytestmark = pytest.mark.host
MORE = OWN + OWN.replace("+", "-").replace("while", "if") + OWN.replace(">", "<").replace("round", "abs")


def committed(folder: Path, files: dict[str, str]) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git = ["git", "-c", "user.name=Ada Byron", "-c", "user.email=ada@example.org", "-C", str(folder)]
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "All of it"]):
        subprocess.run([*git, *step], check=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def pair(
    committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> "tuple[Submission, Submission]":
    """Ada's and Sam's submissions, which share one long function."""
    from django.test import override_settings

    from jobtwin.config.environment import read_environment
    from jobtwin.jobs.verification import _pinned
    from tests.host.people import everybody, submitted

    people = everybody()
    monkeypatch.setenv("JOBTWIN_LOCAL_SOURCES", f"ada={tmp_path / 'ada'},sam={tmp_path / 'sam'}")
    first = committed(tmp_path / "ada", {"app/a.py": SERVICE + MORE, "README.md": "# Ada\n"})
    theirs = MORE.replace(OWN, RENAMED).replace("orders", "rows")
    second = committed(tmp_path / "sam", {"src/b.py": theirs, "README.md": "# Sam\n"})
    made = (
        submitted(people.ada, source="local:ada", commit=first, development_source=True),
        submitted(people.sam, source="local:sam", commit=second, development_source=True),
    )
    with override_settings(JOBTWIN=read_environment()):
        for one in made:
            _pinned(one).close()
    return made


def test_a_pair_is_found_once_and_shown_to_mentors_of_either(
    pair: "tuple[Submission, Submission]",
) -> None:
    from jobtwin.jobs.originality import compare_submission
    from jobtwin.store.models import FingerprintSet, OriginalityFacts, Similarity
    from jobtwin.web.shown.originality import shown_originality

    for one in (*pair, *pair):
        compare_submission(one.pk)
    assert FingerprintSet.objects.count() == OriginalityFacts.objects.count() == 2
    assert Similarity.objects.count() == 1
    ada, sam = (shown_originality(one) for one in pair)
    assert ada is not None
    assert sam is not None
    assert {place.path for place in ada.places} == {"app/a.py"}
    assert {place.other_path for place in ada.places} == {"src/b.py"} == {place.path for place in sam.places}
    assert any("one commit" in fact["text"] for fact in ada.history)
    assert not any("Byron" in str(one) for one in (ada.history, ada.questions))
    assert ada.questions


def test_what_the_starter_holds_is_nobodys(
    pair: "tuple[Submission, Submission]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobtwin.jobs.originality import compare_submission
    from jobtwin.store.models import OriginalityFacts, Similarity

    starter = tmp_path / "starters" / pair[0].attempt.brief_id
    starter.mkdir(parents=True)
    (starter / "given.py").write_text(MORE)
    monkeypatch.setenv("JOBTWIN_STARTERS", str(tmp_path / "starters"))
    for one in pair:
        compare_submission(one.pk)
    assert not Similarity.objects.exists()
    assert OriginalityFacts.objects.get(submission=pair[0]).document["starter"] > 0


def test_the_desk_shows_the_panel_and_the_learner_does_not_see_it(
    pair: "tuple[Submission, Submission]",
) -> None:
    from django.test import Client

    from jobtwin.jobs.originality import compare_submission
    from jobtwin.services.mark import claim_submission
    from jobtwin.store.clock import database_now
    from jobtwin.store.models import Attempt, Person

    for one in pair:
        compare_submission(one.pk)
    Attempt.objects.update(verified_at=database_now())
    mentor, ada = (Person.objects.get(email=f"{name}@example.org") for name in ("max", "ada"))
    pair[0].attempt.refresh_from_db()
    claim_submission(mentor=mentor, submission=pair[0], no_conflict=True, now=database_now())
    desk, own = Client(), Client()
    desk.force_login(mentor)
    own.force_login(ada)
    page = desk.get(f"/marking/{pair[0].pk}").content.decode()
    assert "facts for your eyes" in page
    assert "another submission, src/b.py" in page
    assert "facts for your eyes" not in own.get("/").content.decode()
