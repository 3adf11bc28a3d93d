"""What a verification needs, what a worker has, and the queues between them."""

from pathlib import Path

import pytest

from jobtwin.core.errors import BadInput
from jobtwin.source.brief import built_in_brief
from jobtwin.verification.choose import Found
from jobtwin.verification.f2.settings import ContainerSettings
from jobtwin.verification.needs import (
    QUEUES,
    Needs,
    engine_of,
    for_queue,
    found_here,
    needs_of,
    parse_labels,
    parse_needs,
    queues_for,
)
from jobtwin.verification.settings import VerificationSettings

INSISTED = Needs("gvisor", containers=True)


def settings(folder: Path, engine: str | None = None) -> VerificationSettings:
    return VerificationSettings(cache=folder, work=folder, engine=engine)


def test_a_queue_names_what_is_needed_and_each_is_another() -> None:
    assert Needs().queue == "verification"
    assert Needs(containers=True).queue == "verification.containers"
    assert INSISTED.queue == "verification.gvisor.containers"
    assert len(set(QUEUES)) == 8


@pytest.mark.parametrize(
    ("has", "queues"),
    [
        ([], ["verification"]),
        (["bubblewrap"], ["verification", "verification.bubblewrap"]),
        (["containers"], ["verification", "verification.containers"]),
        (
            ["gvisor", "containers"],
            [
                "verification",
                "verification.containers",
                "verification.gvisor",
                "verification.gvisor.containers",
            ],
        ),
    ],
)
def test_a_worker_takes_what_it_has_all_for(has: list[str], queues: list[str]) -> None:
    assert queues_for(has) == queues


def test_a_brief_needs_of_what_is_insisted_on_only_what_it_verifies() -> None:
    capstone, day = built_in_brief("capstone"), built_in_brief("day_service")
    assert needs_of(capstone, INSISTED) == INSISTED
    assert needs_of(capstone, Needs()) == Needs()
    assert needs_of(day, INSISTED) == Needs("gvisor", containers=False)


def test_the_engine_of_the_queue_is_forced(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert for_queue(chosen, "verification.gvisor.containers").engine == "gvisor"
    assert for_queue(chosen, "verification.containers") is chosen
    assert for_queue(chosen, None) is chosen
    assert engine_of("review") is None


def test_labels_are_known_ones_and_an_installation_insists_on_one_engine() -> None:
    assert parse_labels(" containers, runc ,", setting="--has") == ("runc", "containers")
    assert parse_needs("", setting="JOBTWIN_NEEDS") == Needs()
    assert parse_needs("containers,gvisor", setting="JOBTWIN_NEEDS") == INSISTED
    with pytest.raises(BadInput, match="--has: 'docker' is none of bubblewrap, runc, gvisor, containers"):
        parse_labels("docker", setting="--has")
    with pytest.raises(BadInput, match="one engine at most, not runc and gvisor"):
        parse_needs("runc,gvisor", setting="JOBTWIN_NEEDS")


def test_a_machine_earns_what_works_there(tmp_path: Path) -> None:
    class Works:
        name = "it"

    def find(name: str, _settings: VerificationSettings) -> Found:
        return Found(name, Works() if name != "gvisor" else None)  # type: ignore[arg-type]  # never run

    images = ContainerSettings(images=tmp_path)
    assert found_here(settings(tmp_path), images, find=find, lacking=lambda: ("root",)) == (
        "bubblewrap",
        "runc",
    )
    (tmp_path / "names.json").write_text(
        '[{"id": "00", "names": ["x"], "size": 1, "python": "", "added": "2026-11-01T09:00:00Z"}]'
    )
    forced = settings(tmp_path, "runc")
    assert found_here(forced, images, find=find, lacking=tuple) == ("runc", "containers")
    assert found_here(settings(tmp_path, "gvisor"), images, find=find, lacking=lambda: ("root",)) == ()
