"""What pages show is tested without settings: whoever loads Django here would choose a database for all."""

import pytest
from django.utils import translation
from django.utils.translation import trans_null


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts Django's translation that translates nothing into the place of the one that settings choose."""
    chosen = vars(vars(translation)["_trans"])
    for name in ("gettext", "ngettext", "pgettext", "npgettext", "get_language"):
        monkeypatch.setitem(chosen, name, getattr(trans_null, name))
