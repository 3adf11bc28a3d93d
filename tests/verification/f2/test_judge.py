"""What a report means, from the report alone."""

from typing import Any

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.engine import BUSY, Limit, Usage
from jobtwin.verification.f2.box import BoxReport
from jobtwin.verification.f2.facts import facts_of_box
from jobtwin.verification.f2.judge import Evidence, judge
from jobtwin.verification.f2.services import Services
from jobtwin.verification.f2.settings import ContainerSettings

WELL: dict[str, Any] = {
    "healthy": [8080, "/", 200], "stays": True, "exit_before_stop": None, "flooded": False, "log": "",
    "answers": [[8080, "/", 200]], "local_only": [], "listening": [8080], "start_seconds": 0.2,
    "stopped": True, "stop_seconds": 0.1, "exit": 0, "stop_signal": "SIGTERM",
}  # fmt: skip
NONE = Services()
BUILT: dict[str, Any] = {"exit": 0, "flooded": False, "log": "", "least_free": 1 << 30, "seconds": 1.0}


def evidence(tmp: Any, report: dict[str, Any], *, services: Services = NONE, **box: Any) -> Evidence:
    whole = {
        "killed_for": None, "out_of_memory": False, "peak_memory": 1, "peak_processes": 1, "cpu_seconds": 1.0,
        "wall_seconds": 1.0, "stderr": "", **box,
    }  # fmt: skip
    return Evidence(
        BoxReport(report=report, **whole),
        ContainerSettings(tmp),
        services=services,
    )


def started(tmp: Any, *, services: Services = NONE, **changed: Any) -> tuple[Reason, str]:
    phases = changed.pop("phases", {})
    start = {**WELL, "services": changed.pop("services_report", {}), **changed}
    report = {"build": BUILT, "asked": {"ports": [8080], "paths": ["/"]}, "start": start}
    finding = judge(evidence(tmp, report, services=services, phases=phases))
    return finding.reason, finding.summary


def built(tmp: Any, log: str = "", **changed: Any) -> Reason:
    return judge(evidence(tmp, {"build": {**BUILT, "exit": 1, "log": log, **changed}})).reason


def test_well_alive_and_stopped_is_ok(tmp_path: Any) -> None:
    assert started(tmp_path)[0] is Reason.OK


NOT_WELL: dict[str, Any] = {"healthy": None, "answers": [], "listening": []}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"stopped": False}, Reason.UNHEALTHY),
        ({"stays": False, "exit_before_stop": 0}, Reason.UNHEALTHY),
        ({**NOT_WELL, "exit_before_stop": 0}, Reason.DOES_NOT_START),
        ({**NOT_WELL, "exit_before_stop": 137, "app_out_of_memory": True}, Reason.OUT_OF_MEMORY),
        ({**NOT_WELL, "exit_before_stop": 137, "app_out_of_memory": False}, Reason.DOES_NOT_START),
        ({**NOT_WELL, "app_memory_bytes": 1 << 40}, Reason.UNHEALTHY),
        ({**NOT_WELL, "app_processes": 256}, Reason.TOO_MANY_PROCESSES),
        ({**NOT_WELL, "flooded": True}, Reason.OUTPUT_LIMIT),
        ({**NOT_WELL, "exit_before_stop": 1, "log": "No space left on device"}, Reason.DISK_FULL),
        (
            {**NOT_WELL, "exit_before_stop": 1, "log": "connect ECONNREFUSED 127.0.0.1:5432"},
            Reason.NEEDS_SERVICE,
        ),
        ({**NOT_WELL, "log": "connection refused"}, Reason.NEEDS_SERVICE),
        ({**NOT_WELL, "log": "connection refused", "listening": [9000]}, Reason.UNHEALTHY),
        (NOT_WELL, Reason.UNHEALTHY),
    ],
)
def test_each_way_to_fail_has_its_reason(tmp_path: Any, changed: dict[str, Any], reason: Reason) -> None:
    assert started(tmp_path, **changed)[0] is reason


@pytest.mark.parametrize("demanded", [True, False])
def test_a_service_that_is_missing_is_nobodys_failure_but_excuses_no_healthy_container(
    tmp_path: Any, *, demanded: bool
) -> None:
    missing = Services(absent=("qdrant",), demanded=demanded)
    log = "" if demanded else "connection refused"

    assert started(tmp_path, services=missing, **NOT_WELL, log=log)[0] is Reason.NEEDS_SERVICE
    assert started(tmp_path, services=missing)[0] is Reason.OK
    assert started(tmp_path, services=missing, **NOT_WELL, flooded=True)[0] is Reason.OUTPUT_LIMIT


def test_a_neighbour_of_a_compose_file_that_nobody_asks_for_excuses_nothing(tmp_path: Any) -> None:
    assert started(tmp_path, services=Services(absent=("worker",)), **NOT_WELL)[0] is Reason.UNHEALTHY


def test_a_service_of_ours_that_never_was_ready_is_our_fault_and_one_that_was_is_not(tmp_path: Any) -> None:
    broken = {"redis": {"ready_seconds": None}}
    ready = {"redis": {"ready_seconds": 0.1}}

    assert started(tmp_path, **NOT_WELL, services_report=broken)[0] is Reason.INFRASTRUCTURE
    assert started(tmp_path, **NOT_WELL, services_report=ready)[0] is Reason.UNHEALTHY


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("STEP 3/4: RUN make\nmake: *** [all] Error 2", Reason.BUILD_FAILED),
        ("STEP 3/4: RUN curl https://x\ncurl: (6) Could not resolve host: x", Reason.NEEDS_NETWORK),
        ("STEP 3/4: RUN apt-get update\nTemporary failure resolving 'x'", Reason.NOT_SUPPORTED),
        ("ERROR: No matching distribution found for thing", Reason.UNRESOLVABLE_STATICALLY),
        ("printed by a cheat: builds without network, 200", Reason.BUILD_FAILED),
    ],
)
def test_a_failed_build_is_named_by_what_it_lacked(tmp_path: Any, log: str, reason: Reason) -> None:
    assert built(tmp_path, log) is reason


def test_no_word_of_a_log_confirms_or_blames_a_limit_that_was_not_met(tmp_path: Any) -> None:
    assert built(tmp_path, "No space left on device") is Reason.BUILD_FAILED
    assert built(tmp_path, "No space left on device", least_free=0) is Reason.DISK_FULL


STARVED = Usage(wall_seconds=60.0, cpu_seconds=1.0, others_share=0.9, wanted_share=0.9)
IDLE = Usage(wall_seconds=60.0, cpu_seconds=1.0, others_share=0.9, wanted_share=0.1)


@pytest.mark.parametrize(
    ("phase", "changed"),
    [
        ("start", NOT_WELL),
        ("start", {**NOT_WELL, "answers": [[8080, "/", None]]}),
        ("start", {**NOT_WELL, "answers": [[8080, "/", 503]]}),
        ("settle", {"stays": False}),
        ("stop", {"stopped": False}),
    ],
)
def test_who_was_late_on_a_starved_machine_is_not_blamed_and_who_slept_is(
    tmp_path: Any, phase: str, changed: dict[str, Any]
) -> None:
    reason, said = started(tmp_path, **changed, phases={phase: STARVED})

    assert reason is Reason.INFRASTRUCTURE
    assert said.endswith(BUSY)
    assert started(tmp_path, **changed, phases={phase: IDLE})[0] is Reason.UNHEALTHY
    assert started(tmp_path, **changed, phases={"build": STARVED})[0] is Reason.UNHEALTHY


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({**NOT_WELL, "answers": [[8080, "/", 404]]}, Reason.UNHEALTHY),
        ({**NOT_WELL, "local_only": [8080]}, Reason.UNHEALTHY),
        ({**NOT_WELL, "exit_before_stop": 1}, Reason.DOES_NOT_START),
        ({"stays": False, "exit_before_stop": 0}, Reason.UNHEALTHY),
    ],
)
def test_what_no_time_would_have_mended_is_blamed_on_any_machine(
    tmp_path: Any, changed: dict[str, Any], reason: Reason
) -> None:
    everywhere = dict.fromkeys(("build", "start", "settle", "stop"), STARVED)

    assert started(tmp_path, **changed, phases=everywhere)[0] is reason


def test_a_build_that_a_busy_machine_held_up_is_tried_again(tmp_path: Any) -> None:
    late = {"build": {**BUILT, "exit": None}}

    assert judge(evidence(tmp_path, late, phases={"build": STARVED})).reason is Reason.INFRASTRUCTURE
    assert judge(evidence(tmp_path, late, phases={"build": IDLE})).reason is Reason.TIMEOUT
    whole: dict[str, Any] = {"killed_for": Limit.WALL, "phases": {"build": IDLE, "start": STARVED}}
    assert judge(evidence(tmp_path, {}, **whole)).reason is Reason.INFRASTRUCTURE


def test_our_own_fault_is_infrastructure(tmp_path: Any) -> None:
    def reason(report: dict[str, Any], **box: Any) -> Reason:
        return judge(evidence(tmp_path, report, **box)).reason

    assert reason({}) is Reason.INFRASTRUCTURE
    assert reason({"build": BUILT, "error": "OSError: mount"}) is Reason.INFRASTRUCTURE
    assert reason({}, killed_for=Limit.WALL) is Reason.TIMEOUT
    assert reason({}, out_of_memory=True) is Reason.OUT_OF_MEMORY


def test_facts_hold_no_control_characters_of_a_log(tmp_path: Any) -> None:
    report = {"build": {**BUILT, "log": "\x1b[31mred\x00"}}

    assert facts_of_box(evidence(tmp_path, report).box)["build_log"] == "red"
