"""What pages show is tested without settings: whoever loads Django here would choose a database for all."""

import pytest
from django.utils import translation
from django.utils.translation import trans_null

_CHOSEN = vars(vars(translation)["_trans"])
_CHOSEN.setdefault("gettext_noop", trans_null.gettext_noop)  # on import; the same with settings


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts Django's translation that translates nothing into the place of the one that settings choose."""
    for name in ("gettext", "ngettext", "pgettext", "npgettext", "get_language"):
        monkeypatch.setitem(_CHOSEN, name, getattr(trans_null, name))
