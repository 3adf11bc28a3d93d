"""The judge: what each kind of run is called, and what it never is."""

from dataclasses import replace

import pytest

from jobtwin.core.check import Reason, Verdict, verdict_of
from jobtwin.verification.engine import Limit, Outcome
from jobtwin.verification.f1.abilities import Ability
from jobtwin.verification.f1.judge import judge
from jobtwin.verification.f1.module_reader import BrokenModule, FoundTest
from jobtwin.verification.f1.results import CollectReport
from jobtwin.verification.f1.run import Run
from tests.verification.f1.runs import CANARIES, DROPPER, HOOK, LEAVER, PATTERNS, census, report, run

TWO = census("test_a.py::test_x", "test_a.py::test_y")
FAILED = report("test_a.py::test_x", "failed")


def reason(one: Run) -> Reason:
    return judge(one).reason


def test_an_honest_run_is_confirmed() -> None:
    assert reason(run()) is Reason.OK
    assert judge(run()).summary == "1 test passed on a clean clone"


def test_holding_a_hook_alone_is_no_fault() -> None:
    assert reason(run(able=(HOOK, DROPPER, LEAVER))) is Reason.OK


def test_parameters_report_their_function() -> None:
    reports = [report("test_a.py::test_x[a::b]"), report("test_a.py::test_x[2]")]

    assert reason(run(reports)) is Reason.OK


class TestFailures:
    def test_failing_tests_are_named(self) -> None:
        finding = judge(run([FAILED]))

        assert finding.reason is Reason.TESTS_FAILED
        assert "test_a.py::test_x" in finding.summary

    def test_a_failing_test_under_honest_hooks_is_a_failing_test(self) -> None:
        assert reason(run([FAILED], able=(HOOK, DROPPER, LEAVER))) is Reason.TESTS_FAILED

    @pytest.mark.parametrize("phase", ["setup", "teardown"])
    def test_errors_around_a_test_fail_it(self, phase: str) -> None:
        reports = [report("test_a.py::test_x"), report("test_a.py::test_x", "failed", phase)]

        assert reason(run(reports)) is Reason.TESTS_FAILED

    def test_a_pass_that_is_told_after_a_failure_clears_nothing(self) -> None:
        reports = [FAILED, report("test_a.py::test_x")]

        assert reason(run(reports, failed_count=2)) is Reason.TESTS_FAILED

    def test_a_failure_that_a_plugin_calls_a_rerun_is_none(self) -> None:
        reports = [replace(FAILED, outcome="rerun"), report("test_a.py::test_x")]

        assert reason(run(reports, failed_count=1)) is Reason.OK

    def test_only_network_errors_need_the_network(self) -> None:
        offline = report("test_a.py::test_x", "failed", causes=("gaierror", "OSError"))

        assert reason(run([offline])) is Reason.NEEDS_NETWORK
        assert reason(run([offline, report("test_a.py::test_y", "failed")])) is Reason.TESTS_FAILED

    def test_an_unreachable_network_needs_the_network(self) -> None:
        assert reason(run([report("test_a.py::test_x", "failed", errnos=(101,))])) is Reason.NEEDS_NETWORK

    def test_no_space_left_is_a_full_disk(self) -> None:
        assert reason(run([report("test_a.py::test_x", "failed", errnos=(28,))])) is Reason.DISK_FULL

    def test_a_plugin_that_fails_the_run_is_told(self) -> None:
        finding = judge(run(failed_count=2, outcome=Outcome(1, stdout="ERROR: Coverage failure: total of 5")))

        assert finding.reason is Reason.TESTS_FAILED
        assert "Coverage failure" in finding.summary


class TestCollection:
    def test_a_module_that_cannot_be_collected_is_named(self) -> None:
        collects = [CollectReport("test_a.py", "failed", "ModuleNotFoundError: No module named 'x'")]
        finding = judge(run([], collects=collects, exit_code=2, canaries=()))

        assert finding.reason is Reason.COLLECTION_ERROR
        assert "No module named 'x'" in finding.summary

    def test_syntax_of_a_newer_python_is_not_the_learners_fault(self) -> None:
        broken = BrokenModule("test_a.py", 1, "line 1: invalid syntax", newer=True)
        known = type(TWO)(PATTERNS, broken=(broken,))
        collects = [CollectReport("test_a.py", "failed", "SyntaxError")]

        assert reason(run([], known=known, collects=collects, exit_code=2)) is Reason.NO_INTERPRETER

    def test_a_typo_is_a_collection_error(self) -> None:
        known = type(TWO)(PATTERNS, broken=(BrokenModule("test_a.py", 1, "x", newer=False),))
        collects = [CollectReport("test_a.py", "failed", "SyntaxError")]

        assert reason(run([], known=known, collects=collects, exit_code=2)) is Reason.COLLECTION_ERROR

    @pytest.mark.parametrize("code", [3, 4])
    def test_an_internal_or_usage_error_is_a_collection_error_even_beside_hooks(self, code: int) -> None:
        one = run([], exit_code=code, canaries=(), able=(HOOK, DROPPER))

        assert reason(one) is Reason.COLLECTION_ERROR

    @pytest.mark.parametrize("said", ["1", "set API_KEY"])
    def test_a_conftest_that_gives_up_is_a_collection_error(self, said: str) -> None:
        boom = {"kind": "SystemExit", "m": said, "files": ["/w/conftest.py"]}

        assert reason(run([], exit_code=None, boom=boom, able=(LEAVER,))) is Reason.COLLECTION_ERROR

    @pytest.mark.parametrize("said", ["0", "None"])
    def test_a_conftest_that_exits_with_success_is_tampering(self, said: str) -> None:
        boom = {"kind": "SystemExit", "m": said, "files": ["/w/tests/conftest.py"]}

        assert reason(run([], exit_code=None, boom=boom)) is Reason.TAMPERED

    def test_a_test_script_that_exits_is_a_collection_error(self) -> None:
        boom = {"kind": "SystemExit", "m": "0", "files": ["/w/tests/test_a.py"]}

        assert reason(run([], exit_code=None, boom=boom)) is Reason.COLLECTION_ERROR


class TestTampering:
    def test_a_failing_canary_that_passes(self) -> None:
        birds = [report(CANARIES.passes), report(CANARIES.fails)]

        assert reason(run(canaries=birds, exit_code=0, able=(HOOK,))) is Reason.TAMPERED
        assert reason(run(canaries=birds, exit_code=0)) is Reason.TAMPERED

    def test_a_canary_that_vanishes_needs_somebody_able_to_do_it(self) -> None:
        birds = [report(CANARIES.passes)]

        assert reason(run(canaries=birds, able=(DROPPER,))) is Reason.TAMPERED
        assert reason(run(canaries=birds)) is Reason.CENSUS_MISMATCH

    def test_a_pass_that_the_probe_does_not_know_of(self) -> None:
        unseen = report("test_a.py::test_x", ran=None)

        assert reason(run([unseen], able=(HOOK,))) is Reason.TAMPERED
        assert (
            reason(run([unseen])) is Reason.OK
        )  # a plugin that runs tests in its own way, as far as we know

    def test_a_rewritten_report(self) -> None:
        one = run([FAILED], rewritten={"test_a.py::test_x": "failed to passed"}, able=(HOOK,))

        assert reason(one) is Reason.TAMPERED

    def test_failures_that_pytest_no_longer_counts(self) -> None:
        assert reason(run([FAILED], failed_count=1, able=(HOOK,))) is Reason.TAMPERED
        assert reason(run([FAILED], exit_code=0, able=(HOOK,))) is Reason.TAMPERED

    def test_forged_lines(self) -> None:
        assert reason(run(forged_lines=1)) is Reason.TAMPERED

    def test_a_process_that_ends_otherwise_than_pytest_said(self) -> None:
        assert reason(run(outcome=Outcome(0))) is Reason.TAMPERED

    def test_leaving_with_success_needs_a_way_to_do_it(self) -> None:
        gone = Outcome(0)

        assert reason(run([], exit_code=None, outcome=gone, able=(LEAVER,))) is Reason.TAMPERED
        assert reason(run([], exit_code=None, outcome=gone)) is Reason.CRASHED

    @pytest.mark.parametrize("ability", [HOOK, DROPPER, LEAVER])
    def test_a_test_that_vanishes(self, ability: Ability) -> None:
        assert reason(run(known=TWO, able=(ability,))) is Reason.TAMPERED
        assert reason(run(known=TWO)) is Reason.CENSUS_MISMATCH

    def test_deselection_that_no_marker_explains(self) -> None:
        one = run(known=TWO, deselected={"test_a.py::test_y": frozenset({"odd"})}, able=(DROPPER,))

        assert reason(one) is Reason.TAMPERED


class TestWhatIsNoFault:
    def test_deselection_by_the_honoured_expression(self) -> None:
        one = run(known=TWO, deselected={"test_a.py::test_y": frozenset({"slow"})}, marker="not slow")

        assert reason(one) is Reason.OK

    def test_deselection_of_a_registered_marker_by_a_hook(self) -> None:
        one = run(
            known=TWO,
            deselected={"test_a.py::test_y": frozenset({"slow"})},
            markers=frozenset({"slow"}),
            able=(DROPPER,),
        )

        assert reason(one) is Reason.OK

    @pytest.mark.parametrize("part", ["test_a.py::TestY", "test_a.py::TestY::test_y"])
    def test_a_skipped_part(self, part: str) -> None:
        known = census("test_a.py::test_x", "test_a.py::TestY::test_y")

        assert reason(run(known=known, collects=[CollectReport(part, "skipped", "")])) is Reason.OK

    def test_a_skipped_test(self) -> None:
        reports = [report("test_a.py::test_x"), report("test_a.py::test_y", "skipped", "setup")]

        assert reason(run(reports, known=TWO)) is Reason.OK

    def test_files_left_out_under_a_condition_are_not_decided(self) -> None:
        known = census("test_a.py::test_x", "test_later.py::test_y")
        condition = Ability("condition", "conftest.py", 4, "collect_ignore")

        assert reason(run(known=known, able=(condition, DROPPER))) is Reason.CENSUS_MISMATCH
        assert reason(run(known=TWO, able=(condition, DROPPER))) is Reason.TAMPERED


class TestNothingPassed:
    def test_all_skipped(self) -> None:
        assert reason(run([report("test_a.py::test_x", "skipped", "setup")])) is Reason.ALL_SKIPPED

    def test_all_expected_to_fail(self) -> None:
        reports = [report("test_a.py::test_x", "skipped", expected=True, raised="AssertionError")]

        assert reason(run(reports)) is Reason.ALL_SKIPPED

    def test_no_test(self) -> None:
        assert reason(run([], known=census())) is Reason.NO_TESTS


class TestLimits:
    @pytest.mark.parametrize(
        ("limit", "expected"),
        [
            (Limit.CPU, Reason.TIMEOUT),
            (Limit.WALL, Reason.TIMEOUT),
            (Limit.MEMORY, Reason.OUT_OF_MEMORY),
            (Limit.PROCESSES, Reason.TOO_MANY_PROCESSES),
            (Limit.DISK, Reason.DISK_FULL),
            (Limit.INODES, Reason.DISK_FULL),
            (Limit.OUTPUT, Reason.OUTPUT_LIMIT),
            (Limit.RESULT, Reason.OUTPUT_LIMIT),
        ],
    )
    def test_a_limit_that_ended_the_run_is_its_reason(self, limit: Limit, expected: Reason) -> None:
        killed = Outcome(None, limits_hit=(limit,))

        assert reason(run([], exit_code=None, outcome=killed, able=(HOOK, LEAVER))) is expected

    def test_a_limit_that_was_met_and_survived_is_no_fault(self) -> None:
        assert reason(run(limits_hit=(Limit.PROCESSES,))) is Reason.OK

    def test_a_failure_while_a_limit_was_met_is_that_limits(self) -> None:
        assert reason(run([FAILED], limits_hit=(Limit.MEMORY,))) is Reason.OUT_OF_MEMORY

    def test_a_signal_is_a_crash(self) -> None:
        dead = Outcome(139, signal=11)

        assert reason(run([], exit_code=None, outcome=dead, able=(HOOK, LEAVER))) is Reason.CRASHED

    def test_an_interpreter_that_cannot_load_pytest_is_our_fault(self) -> None:
        one = run([], started=False, exit_code=None, outcome=Outcome(1, stderr="no pytest"))

        assert verdict_of(reason(one)) is Verdict.INCONCLUSIVE

    def test_a_pytest_that_says_why_it_cannot_be_loaded_is_the_one_that_was_asked_for(self) -> None:
        boom = {"kind": "ImportError", "m": "No module named 'imp'", "files": ()}
        finding = judge(run([], started=False, exit_code=None, boom=boom, outcome=Outcome(70)))

        assert finding.reason is Reason.COLLECTION_ERROR
        assert "cannot be loaded here: ImportError" in finding.summary


class TestPassesThatCannotBe:
    """A pass that the watched function contradicts: tampered where something is able to arrange it."""

    KNOWN = replace(
        census("test_a.py::test_x"),
        tests=(FoundTest("test_a.py::test_x", "sub/test_a.py", 3, certain=True, begins=2),),
        sources={"test_a.py": "digest"},
    )
    PLACE = ("/w/sub/test_a.py", 2)

    def judged(self, *able: Ability, **more: object) -> Reason:
        told = {"place": self.PLACE, "source": "digest"} | more
        passed = report("test_a.py::test_x[1]", **told)  # type: ignore[arg-type]  # the tests name the fields
        return reason(run([passed], known=self.KNOWN, able=able))

    def test_a_function_that_ran_where_the_commit_has_it_passed(self) -> None:
        assert self.judged(HOOK) is Reason.OK
        assert self.judged(HOOK, place=None, source=None) is Reason.OK

    @pytest.mark.parametrize(
        "more",
        [
            {"raised": "AssertionError"},
            {"raw": "AssertionError"},
            {"ran": 0},
            {"source": "another"},
            {"source": "loaded by conftest.Loader"},
            {"place": ("/w/sub/test_a.py", 9)},
            {"place": ("/w/conftest.py", 2)},
        ],
    )
    def test_others_did_not(self, more: dict[str, object]) -> None:
        assert self.judged(HOOK, **more) is Reason.TAMPERED
        assert self.judged(Ability("dynamic", "conftest.py", 1, "exec"), **more) is Reason.TAMPERED
        assert self.judged(**more) is Reason.CENSUS_MISMATCH

    def test_a_failing_test_beside_one_is_a_failing_test(self) -> None:
        reports = [FAILED, report("test_a.py::test_y", raised="AssertionError")]

        assert reason(run(reports, known=TWO)) is Reason.TESTS_FAILED

    def test_behind_a_decorator_any_function_may_stand(self) -> None:
        known = replace(self.KNOWN, tests=(replace(self.KNOWN.tests[0], begins=None),))
        reports = [report("test_a.py::test_x", place=("/venv/lib/wrapper.py", 7))]

        assert reason(run(reports, known=known, able=(HOOK,))) is Reason.OK
