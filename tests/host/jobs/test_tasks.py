"""Jobs are deferred by name."""

import pytest

pytestmark = pytest.mark.host


@pytest.mark.usefixtures("db")
def test_every_job_that_may_be_deferred_is_a_registered_task() -> None:
    from procrastinate.contrib.django import app

    from jobtwin.store.queue import JOBS, defer

    assert set(JOBS) <= set(app.tasks)
    assert all(hasattr(app.tasks[name].func, "__wrapped__") for name in JOBS), "each takes a trace along"
    with pytest.raises(ValueError, match="unknown job"):
        defer("mine_bitcoin")
