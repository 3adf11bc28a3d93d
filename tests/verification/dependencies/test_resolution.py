"""Locks: their form, the hashes that a submission allows, and what is given up for a solution."""

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies import DependencyFailure, Pin, Plan, Requirement, Tier
from jobtwin.verification.dependencies.resolution import Lock, Locked, _give_up, _only_allowed, parse_lock

A, B = "a" * 64, "b" * 64


def test_a_compiled_file_becomes_packages_and_its_text_comes_back_the_same() -> None:
    text = (
        f"Six==1.17.0 \\\n    --hash=sha256:{B} \\\n    --hash=sha256:{A}\n"
        f"attrs==26.1 \\\n    --hash=sha256:{A}\n"
    )
    packages = parse_lock(text)

    assert packages == (Locked("attrs", "26.1", (A,)), Locked("six", "1.17.0", (A, B)))
    assert parse_lock(Lock(packages).text) == packages


@pytest.mark.parametrize(
    "line", ["six", "six==1.0", f"six @ https://x.example --hash=sha256:{A}", "--index-url x"]
)
def test_a_line_of_any_other_form_is_our_fault(line: str) -> None:
    with pytest.raises(DependencyFailure) as failure:
        parse_lock(line + "\n")

    assert failure.value.reason is Reason.INFRASTRUCTURE


def test_only_hashes_that_the_submission_allows_are_installed() -> None:
    packages = (Locked("six", "1.17.0", (A, B)), Locked("attrs", "26.1", (A,)))
    by_lock = Plan(pins=(Pin("six", "1.17.0", hashes=(B, "c" * 64)),))
    by_file = Plan(requirements=(Requirement("six", "six==1.17.0", "x:1", hashes=(A,)),))

    assert _only_allowed(packages, by_lock)[0].hashes == (B,)
    assert _only_allowed(packages, by_file)[0].hashes == (A,)
    assert _only_allowed(packages, by_lock)[1].hashes == (A,)


def test_a_pin_whose_hashes_the_index_does_not_know_refutes() -> None:
    plan = Plan(pins=(Pin("six", "1.17.0", hashes=("c" * 64,)),))

    with pytest.raises(DependencyFailure, match=r"no file of six 1\.17\.0") as failure:
        _only_allowed((Locked("six", "1.17.0", (A,)),), plan)
    assert failure.value.reason is Reason.BAD_REQUIREMENT


def test_hashes_of_another_version_do_not_count() -> None:
    plan = Plan(requirements=(Requirement("six", "six==1.0", "x:1", hashes=(B,)),))

    assert _only_allowed((Locked("six", "1.17.0", (A,)),), plan)[0].hashes == (A,)


def requirement(name: str, tier: Tier) -> Requirement:
    return Requirement(name, name, "x:1", tier)


def test_optional_requirements_that_the_installer_names_are_given_up_before_all_of_them() -> None:
    plan = Plan(
        requirements=(
            requirement("needed", Tier.NEEDED),
            requirement("old-docs", Tier.OPTIONAL),
            requirement("other", Tier.OPTIONAL),
            requirement("needed", Tier.OPTIONAL),
            requirement("hatchling", Tier.BUILD),
        )
    )
    named = DependencyFailure(
        Reason.BAD_REQUIREMENT, "", {"installer_said": "you require Old_Docs==1 and needed"}
    )
    silent = DependencyFailure(Reason.BAD_REQUIREMENT, "", {"installer_said": "all is lost"})
    build = DependencyFailure(Reason.BAD_REQUIREMENT, "", {"installer_said": "because hatchling and needed"})

    assert _give_up(plan, named) == {"old-docs"}
    assert _give_up(plan, silent) == {"old-docs", "other"}
    assert _give_up(plan, build) == {"hatchling"}
    assert _give_up(Plan(requirements=plan.requirements[:1]), named) == set()
