"""What the installer's words mean: whose fault it is, and what to change."""

import pytest

from jobtwin.core.check import Reason
from jobtwin.verification.dependencies.failure import installer_failure

NO_SOLUTION = "error: No solution found when resolving dependencies\n  cause: Because "


@pytest.mark.parametrize(
    ("said", "reason", "summary"),
    [
        (
            NO_SOLUTION + "nothing-here was not found in the package registry and you require nothing-here",
            Reason.BAD_REQUIREMENT,
            "no package of that name: nothing-here",
        ),
        (
            NO_SOLUTION + "there is no version of six==99 and you require six==99, we can conclude",
            Reason.BAD_REQUIREMENT,
            "no such version: six==99",
        ),
        (
            NO_SOLUTION + "you require six==1.0 and six==1.17, we can conclude that",
            Reason.BAD_REQUIREMENT,
            "contradict each other",
        ),
        (
            NO_SOLUTION + "docopt==0.6.2 has no usable wheels and you require docopt==0.6.2",
            Reason.UNRESOLVABLE_STATICALLY,
            "docopt==0.6.2: no wheel",
        ),
        (
            NO_SOLUTION + "all versions of gym have no usable wheels and you require gym",
            Reason.UNRESOLVABLE_STATICALLY,
            "gym: no wheel",
        ),
        (
            NO_SOLUTION
            + "x==1 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you require x==1",
            Reason.UNRESOLVABLE_STATICALLY,
            "x==1: no wheel",
        ),
        (
            NO_SOLUTION
            + "Because the current Python version (3.11.2) does not satisfy Python>=3.12 and you require "
            + "django[argon2]==6.1, we can conclude that your requirements are unsatisfiable.",
            Reason.NO_INTERPRETER,
            "django[argon2]==6.1 needs Python >=3.12; this machine has 3.11.2",
        ),
        (
            NO_SOLUTION
            + "the current Python version (3.11.2) does not satisfy Python>=3.13 and x==1 depends on it",
            Reason.NO_INTERPRETER,
            "another version of Python",
        ),
        (
            NO_SOLUTION + "six was not found in the cache and you require six",
            Reason.INFRASTRUCTURE,
            "cannot be reached",
        ),
        (
            "error: Request failed after 3 retries\n cause: dns error",
            Reason.INFRASTRUCTURE,
            "cannot be reached",
        ),
        ("error: invalid peer certificate: UnknownIssuer", Reason.INFRASTRUCTURE, "cannot be reached"),
        ("error: Hash mismatch for `six==1.17`", Reason.BAD_REQUIREMENT, "does not have the hash"),
        (
            NO_SOLUTION
            + "fruit{implementation_name == 'cpython'}==0.1.4 has no usable wheels and all versions of "
            "fruit have no usable wheels",
            Reason.UNRESOLVABLE_STATICALLY,
            "fruit, fruit==0.1.4: no wheel",
        ),
        ("error: Failed to install: x.whl\n cause: Scripts must not", Reason.BAD_REQUIREMENT, "is broken"),
        (
            "error: Failed to install: x.whl\n cause: No space left on device",
            Reason.INFRASTRUCTURE,
            "no room",
        ),
        ("thread main panicked", Reason.INFRASTRUCTURE, "not known"),
        ("", Reason.INFRASTRUCTURE, "not known"),
    ],
)
def test_each_sentence_of_the_installer_has_one_meaning(said: str, reason: Reason, summary: str) -> None:
    failure = installer_failure(said, {"phase": "resolve"})

    assert failure.reason is reason
    assert summary in failure.summary
    assert failure.facts["phase"] == "resolve"
    assert failure.retry is (reason is Reason.INFRASTRUCTURE)


def test_control_characters_of_an_index_stay_out_of_the_facts() -> None:
    failure = installer_failure("\x1b[31merror\x07\n" + "x" * 5_000, {})
    said = str(failure.facts["installer_said"])

    assert said.isprintable()
    assert len(said) <= 600
