"""Settings of how long things are kept."""

import pytest

from jobtwin.config.retention import read_retention
from jobtwin.core.errors import BadInput
from jobtwin.core.retention import Retention


def test_days_are_read_by_name_and_the_rest_keeps_its_default() -> None:
    assert read_retention({"JOBTWIN_KEEP_DRAFTS": "30", "OTHER": "x"}) == Retention(drafts=30)


@pytest.mark.parametrize(
    ("name", "text"), [("DRAFTS", "-1"), ("DRAFTS", "1.5"), ("DRAFTS", "99999"), ("X", "1")]
)
def test_nonsense_is_refused_with_its_name(name: str, text: str) -> None:
    with pytest.raises(BadInput, match=f"JOBTWIN_KEEP_{name}"):
        read_retention({f"JOBTWIN_KEEP_{name}": text})
