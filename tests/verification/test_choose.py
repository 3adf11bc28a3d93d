"""Which engine is used, and what stands in for one that crashes."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobtwin.verification.choose import Found, choose_engine
from jobtwin.verification.engine import Engine, EngineCrash, EngineFailure, Job, Outcome
from jobtwin.verification.fallback import Fallback
from jobtwin.verification.settings import VerificationSettings
from tests.verification.fakes import FakeEngine

SETTINGS = VerificationSettings(cache=Path("cache"), work=Path("work"))


def chosen(*working: str, **settings: str) -> Engine:
    def find(name: str, _: VerificationSettings) -> Found:
        return Found(name, FakeEngine(name=name)) if name in working else Found(name, None, f"no {name}")

    return choose_engine(replace(SETTINGS, **settings), find=find)  # type: ignore[arg-type]  # fields of text


def test_bubblewrap_is_used_where_it_works_and_runc_where_it_does_not() -> None:
    assert chosen("bubblewrap", "runc", "gvisor").name == "bubblewrap"
    assert chosen("runc", "gvisor").name == "runc"


def test_gvisor_is_never_used_unasked() -> None:
    with pytest.raises(EngineFailure, match="no bubblewrap; no runc") as caught:
        chosen("gvisor")
    assert caught.value.code == "no_engine"


def test_a_forced_engine_is_used_alone_or_not_at_all() -> None:
    assert isinstance(chosen("bubblewrap", "gvisor", engine="gvisor"), FakeEngine)
    with pytest.raises(EngineFailure, match="no runc"):
        chosen("bubblewrap", engine="runc")


def test_a_preferred_engine_gives_way_to_the_others() -> None:
    assert chosen("bubblewrap", "runc", prefer_engine="runc").name == "runc"
    assert chosen("bubblewrap", prefer_engine="gvisor").name == "bubblewrap"
    with pytest.raises(EngineFailure, match="named 'docker'"):
        chosen("bubblewrap", prefer_engine="docker")


def test_a_preferred_gvisor_has_somebody_to_stand_in_for_it() -> None:
    engine = chosen("bubblewrap", "runc", "gvisor", prefer_engine="gvisor")

    assert isinstance(engine, Fallback)
    assert (engine.first.name, engine.second.name) == ("gvisor", "bubblewrap")
    assert chosen("gvisor", prefer_engine="gvisor").name == "gvisor"


def test_a_crash_is_run_again_elsewhere_and_the_name_says_so(tmp_path: Path) -> None:
    def crash(job: Job) -> Outcome:
        assert job.collect is not None
        (job.collect / "half").touch()
        raise EngineCrash("gVisor crashed: panic", retry=True)

    second = FakeEngine(lambda _: Outcome(7), name="bubblewrap")
    engine = Fallback(FakeEngine(crash, name="gvisor"), second)

    assert engine.name == "gvisor"
    assert engine.run(Job(("true",), collect=tmp_path)).exit_code == 7
    assert list(tmp_path.iterdir()) == []
    assert engine.name == "gvisor, then bubblewrap"


def test_any_other_failure_is_told_and_not_run_again() -> None:
    def fail(_: Job) -> Outcome:
        raise EngineFailure("no room", retry=True)

    second = FakeEngine()
    with pytest.raises(EngineFailure, match="no room"):
        Fallback(FakeEngine(fail), second).run(Job(("true",)))
    assert second.jobs == []
