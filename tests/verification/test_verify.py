"""Verifying: each check speaks for itself, and our faults are ours."""

from pathlib import Path

import pytest

from jobtwin.core.brief import parse_brief
from jobtwin.core.check import CheckResult, Reason
from jobtwin.core.errors import BadInput
from jobtwin.source.tree import Entry, MemoryTree
from jobtwin.verification.choose import choose_engine, engine_or_none, self_test, works
from jobtwin.verification.engine import EngineCrash, EngineFailure, Job, Outcome
from jobtwin.verification.events import Event
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.verify import verify
from tests.exams import brief_document
from tests.verification.fakes import FakeEngine


@pytest.fixture
def settings(tmp_path: Path) -> VerificationSettings:
    return VerificationSettings(cache=tmp_path / "cache", work=tmp_path / "work")


BRIEF = parse_brief(
    brief_document(
        self_checks=[
            {"id": "F1", "question": "Do the tests pass?", "kind": "critical"},
            {"id": "F8", "question": "A check that no module reproduces?", "kind": "reflective"},
        ]
    )
)

PROSE = {
    "id": "all",
    "title": "All",
    "weight": "1",
    "tests": "Everything.",
    "criteria": [{"id": "all.done", "text": "Something was done.", "evidence": "prose"}],
}

NO_TESTS = MemoryTree({"app.py": b"x = 1\n"})


class BrokenTree:
    """A tree whose object database is damaged."""

    commit = "0" * 40

    def entries(self) -> tuple[Entry, ...]:
        raise RuntimeError("the object database is damaged")

    def read(self, path: str) -> bytes | None:
        raise RuntimeError(f"the object database is damaged at {path}")


def by_id(results: tuple[CheckResult, ...]) -> dict[str, Reason]:
    return {result.id: result.reason for result in results}


def test_every_check_of_the_brief_answers(settings: VerificationSettings) -> None:
    report = verify(NO_TESTS, BRIEF, source="here", engine=FakeEngine(), settings=settings)

    assert by_id(report.checks) == {"F1": Reason.NO_TESTS, "F8": Reason.NOT_SUPPORTED}
    assert (report.source, report.brief, report.engine) == ("here", "small", "fake")


def test_a_brief_may_give_any_id_to_what_is_verified(settings: VerificationSettings) -> None:
    checks = [
        {"id": "F1", "question": "Is it kind?", "kind": "critical", "verifies": "nothing"},
        {"id": "F7", "question": "Do the tests pass?", "kind": "critical", "verifies": "tests"},
    ]
    rubric = {"pass_mark": "0.7", "dimensions": [PROSE]}
    brief = parse_brief(brief_document(self_checks=checks, rubric=rubric))

    report = verify(NO_TESTS, brief, source="here", engine=FakeEngine(), settings=settings)

    assert by_id(report.checks) == {"F1": Reason.NOT_SUPPORTED, "F7": Reason.NO_TESTS}


def test_only_the_wanted_checks_run(settings: VerificationSettings) -> None:
    report = verify(
        NO_TESTS, BRIEF, source="x", only=frozenset({"F8"}), engine=FakeEngine(), settings=settings
    )

    assert by_id(report.checks) == {"F8": Reason.NOT_SUPPORTED}


def test_a_check_that_the_brief_does_not_have_is_refused(settings: VerificationSettings) -> None:
    with pytest.raises(BadInput, match="F9"):
        verify(NO_TESTS, BRIEF, source="x", only=frozenset({"F9"}), engine=None, settings=settings)


def test_without_an_engine_nothing_runs_and_other_checks_still_answer(settings: VerificationSettings) -> None:
    report = verify(NO_TESTS, BRIEF, source="x", engine=None, settings=settings)

    assert by_id(report.checks) == {"F1": Reason.NO_ENGINE, "F8": Reason.NOT_SUPPORTED}
    assert report.engine == "none"


def test_our_own_fault_is_told_as_ours_and_hides_no_other_check(settings: VerificationSettings) -> None:
    report = verify(BrokenTree(), BRIEF, source="x", engine=FakeEngine(), settings=settings)

    assert by_id(report.checks) == {"F1": Reason.INFRASTRUCTURE, "F8": Reason.NOT_SUPPORTED}
    assert "the platform failed" in report.checks[0].summary


@pytest.mark.parametrize(
    ("dead", "expected"), [(True, Reason.ENGINE_CRASHED), (False, Reason.INFRASTRUCTURE)]
)
def test_an_engine_is_blamed_only_where_a_harmless_command_dies_too(
    settings: VerificationSettings, dead: bool, expected: Reason
) -> None:
    def fail(job: Job) -> Outcome:
        if dead:
            raise EngineFailure(f"cannot run {job.argv[0]}", retry=True)
        return FakeEngine().run(job)

    class FailingTree(BrokenTree):
        def entries(self) -> tuple[Entry, ...]:
            raise EngineFailure("bubblewrap failed", retry=True)

        def read(self, path: str) -> bytes | None:
            raise EngineFailure(f"bubblewrap failed before {path}", retry=True)

    report = verify(FailingTree(), BRIEF, source="x", engine=FakeEngine(fail), settings=settings)

    assert report.checks[0].reason is expected
    assert report.checks[0].facts["engine_still_works"] is not dead


def test_a_crash_for_which_an_engine_is_known_is_blamed_on_it_at_once(settings: VerificationSettings) -> None:
    class CrashingTree(BrokenTree):
        def entries(self) -> tuple[Entry, ...]:
            raise EngineCrash("gVisor crashed: panic", retry=True)

        def read(self, path: str) -> bytes | None:
            raise EngineCrash(f"gVisor crashed before {path}", retry=True)

    report = verify(CrashingTree(), BRIEF, source="x", engine=FakeEngine(), settings=settings)

    assert report.checks[0].reason is Reason.ENGINE_CRASHED


def test_phases_are_told_as_they_begin_and_end(settings: VerificationSettings) -> None:
    events: list[Event] = []

    report = verify(
        NO_TESTS, BRIEF, source="x", engine=FakeEngine(), settings=settings, on_event=events.append
    )

    assert [(event.check, event.phase, event.kind) for event in events] == [
        ("F1", "census", "start"),
        ("F1", "census", "end"),
    ]
    assert "census" in report.checks[0].facts["phases"]  # type: ignore[operator]  # a dictionary


def test_nothing_is_left_in_the_work_folder(settings: VerificationSettings) -> None:
    verify(NO_TESTS, BRIEF, source="x", engine=FakeEngine(), settings=settings)

    assert list(settings.work.iterdir()) == []


def test_an_engine_that_fails_its_self_test_is_no_engine() -> None:
    def crash(job: Job) -> Outcome:
        raise EngineFailure("bubblewrap failed: no namespaces", retry=True)

    def refuse(job: Job) -> Outcome:
        return Outcome(1, stderr=f"cannot run {job.argv[0]}")

    for engine in (FakeEngine(crash), FakeEngine(refuse)):
        assert not works(engine)
        with pytest.raises(EngineFailure) as caught:
            self_test(engine)
        assert caught.value.code == "no_engine"


def test_an_unknown_engine_is_named(settings: VerificationSettings) -> None:
    forced = VerificationSettings(cache=settings.cache, work=settings.work, engine="docker")

    with pytest.raises(EngineFailure, match="docker"):
        choose_engine(forced)
    assert engine_or_none(forced) is None
