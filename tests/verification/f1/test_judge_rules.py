"""The judge's rules over any run, and the verdict on the negative control."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobtwin.core.check import Reason
from jobtwin.verification.engine import Limit, Outcome, Usage
from jobtwin.verification.f1.abilities import Ability
from jobtwin.verification.f1.control import bent_in_control, survives
from jobtwin.verification.f1.judge import in_want, judge, with_submodules
from jobtwin.verification.f1.results import CollectReport, Results, TestReport
from jobtwin.verification.f1.run import Run
from tests.verification.f1.runs import CANARIES, DROPPER, HOOK, LEAVER, census, report, run

TWO = census("test_a.py::test_x", "test_a.py::test_y")


def reason(one: Run) -> Reason:
    return judge(one).reason


OUTCOMES = st.sampled_from(["passed", "failed", "skipped"])
REPORTS = st.lists(
    st.builds(
        report,
        st.sampled_from(["test_a.py::test_x", "test_a.py::test_y", "test_a.py::test_z[1]"]),
        OUTCOMES,
        st.sampled_from(["setup", "call", "teardown"]),
        expected=st.booleans(),
        ran=st.sampled_from([None, 0, 1]),
        raised=st.sampled_from([None, "AssertionError"]),
    ),
    max_size=6,
)


@given(
    REPORTS,
    st.sampled_from([0, 1, 2, 3, 4, 5, None]),
    st.booleans(),
    st.lists(st.sampled_from([HOOK, DROPPER, LEAVER]), max_size=2),
)
def test_only_a_run_that_keeps_every_rule_is_confirmed(
    reports: list[object], code: int | None, falls: bool, able: list[Ability]
) -> None:
    birds = [report(CANARIES.passes), report(CANARIES.fails, "failed" if falls else "passed")]
    one = run(reports, canaries=birds, exit_code=code, able=tuple(able), known=TWO)  # type: ignore[arg-type]  # reports

    if reason(one) is Reason.OK:
        reported = {seen.nodeid for seen in one.reports}
        assert falls
        assert code == 1
        assert not one.failing
        assert one.passed
        assert reported >= {"test_a.py::test_x", "test_a.py::test_y"}


@given(REPORTS, st.sampled_from([0, 1, 2, 3, 4, 5, None]))
def test_without_anybody_able_to_it_nobody_is_accused(reports: list[object], code: int | None) -> None:
    one = run(reports, exit_code=code, known=TWO)  # type: ignore[arg-type]  # reports

    assert reason(one) is not Reason.TAMPERED


class TestTheNegativeControl:
    def test_a_suite_that_passes_over_switched_off_code_survives(self) -> None:
        assert survives(Outcome(0), Results(exit_code=0, reports=[report("a::b")]))

    @pytest.mark.parametrize(
        ("outcome", "results"),
        [
            (Outcome(1), Results(exit_code=1, reports=[report("a::b", "failed")])),
            (Outcome(0), Results(exit_code=0, reports=[report("a::b", "failed")])),
            (Outcome(2), Results(exit_code=2, collects=[CollectReport("a", "failed", "")])),
            (Outcome(None, limits_hit=(Limit.WALL,)), Results()),
            (Outcome(139, signal=11), Results()),
        ],
    )
    def test_any_change_is_noticed(self, outcome: Outcome, results: Results) -> None:
        assert not survives(outcome, results)

    def test_a_pass_over_a_raise_is_bent_where_somebody_is_able_to_it(self) -> None:
        results = Results(reports=[report("a::b", raised="SystemError")])

        assert list(bent_in_control((HOOK,), results)) == ["a::b"]
        assert list(bent_in_control((), results)) == []


class TestRequirementsThatWereGivenUp:
    BROKEN = CollectReport("test_a.py", "failed", "ModuleNotFoundError: No module named 'kite'")
    CAUSED = report("test_a.py::test_x", "failed", causes=("ModuleNotFoundError", "ImportError", "Exception"))

    @pytest.mark.parametrize(
        ("reports", "collects", "given_up", "expected"),
        [
            ([], [BROKEN], ("kite",), Reason.UNRESOLVABLE_STATICALLY),
            ([CAUSED], [], ("kite",), Reason.UNRESOLVABLE_STATICALLY),
            ([CAUSED], [], (), Reason.TESTS_FAILED),
            ([CAUSED, report("test_a.py::test_y", "failed")], [], ("kite",), Reason.TESTS_FAILED),
            (
                [],
                [CollectReport("test_a.py", "failed", "SyntaxError: no")],
                ("kite",),
                Reason.COLLECTION_ERROR,
            ),
            ([report("test_a.py::test_x")], [], ("kite",), Reason.OK),
        ],
    )
    def test_a_missing_import_is_then_not_held_against_the_suite(
        self,
        reports: list[TestReport],
        collects: list[CollectReport],
        given_up: tuple[str, ...],
        expected: Reason,
    ) -> None:
        one = run(reports, collects=collects)

        assert in_want(one, judge(one), given_up).reason is expected


@pytest.mark.parametrize(("submodules", "said"), [(("tests/data",), True), (("docs",), False), ((), False)])
def test_a_file_that_a_submodule_would_have_is_named_as_that(
    submodules: tuple[str, ...], *, said: bool
) -> None:
    missing = CollectReport("test_a.py", "failed", "FileNotFoundError: '/w/tests/data/x.toml'")
    one = run([], collects=[missing])

    finding = with_submodules(one, judge(one), submodules)

    assert finding.reason is Reason.COLLECTION_ERROR
    assert finding.summary.endswith("commit its files") is said


def test_a_test_that_needs_a_network_is_counted_apart() -> None:
    cut_off = report("test_a.py::test_x", "failed", causes=("gaierror", "OSError"))
    other = report("test_a.py::test_y", "failed")
    one = run([cut_off, other], known=TWO)

    assert judge(one).reason is Reason.TESTS_FAILED
    assert judge(one).summary.endswith("; 1 of them need a network")


@pytest.mark.parametrize(
    ("others", "wanted", "cpu", "expected"),
    [
        (0.9, 0.9, 20.0, Reason.INFRASTRUCTURE),  # held up by others
        (0.9, 0.1, 20.0, Reason.TIMEOUT),  # it slept, whatever others did
        (0.9, 0.9, 290.0, Reason.TIMEOUT),  # it had its share all the same
        (0.2, 0.9, 20.0, Reason.TIMEOUT),
        (None, 0.9, 20.0, Reason.TIMEOUT),
        (0.9, None, 20.0, Reason.TIMEOUT),
    ],
)
def test_a_busy_machine_is_not_held_against_a_suite(
    others: float | None, wanted: float | None, cpu: float, expected: Reason
) -> None:
    usage = Usage(wall_seconds=300.0, cpu_seconds=cpu, others_share=others, wanted_share=wanted)
    one = run(outcome=Outcome(None, limits_hit=(Limit.WALL,), usage=usage), exit_code=None)

    assert reason(one) is expected
