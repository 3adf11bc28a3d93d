"""What a worker is asked to take, and what it may take of that."""

import pytest

from jobtwin.cli.worker import chosen_queues, served_queues
from jobtwin.core.errors import BadInput
from jobtwin.verification.needs import QUEUES

KNOWN = frozenset({"mail", "review", "verification", *QUEUES})


def test_unasked_it_takes_all_kinds_and_verifications_by_its_labels() -> None:
    wanted = chosen_queues("", known=KNOWN)
    assert wanted == ["mail", "review", "verification"]
    assert served_queues(wanted, ()) == wanted
    assert served_queues(wanted, ("runc",)) == ["mail", "review", "verification", "verification.runc"]


def test_one_of_the_queues_below_may_be_named_by_a_worker_that_has_what_it_needs() -> None:
    wanted = chosen_queues("verification.containers", known=KNOWN)
    assert served_queues(wanted, ("bubblewrap", "containers")) == ["verification.containers"]
    with pytest.raises(BadInput, match="needs what this worker lacks; it has runc"):
        served_queues(wanted, ("runc",))


def test_a_queue_that_no_task_uses_is_refused() -> None:
    with pytest.raises(BadInput, match="no task uses the queue 'verify'"):
        chosen_queues("mail, verify", known=KNOWN)
