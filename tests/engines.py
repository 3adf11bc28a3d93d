"""Which engines the host tests run on.

JOBTWIN_TEST_ENGINES names them, separated by commas; `all` means every one that works here. Without it:
bubblewrap alone.
"""

import os
import tempfile
from pathlib import Path

from jobtwin.verification.choose import ENGINES, find_engine
from jobtwin.verification.settings import VerificationSettings


def names() -> list[str]:
    """The names of the engines to test."""
    wanted = os.environ.get("JOBTWIN_TEST_ENGINES", "bubblewrap")
    if wanted != "all":
        return wanted.split(",")
    with tempfile.TemporaryDirectory() as folder:
        settings = VerificationSettings(cache=Path(folder, "cache"), work=Path(folder, "work"))
        return [name for name in ENGINES if find_engine(name, settings).engine is not None]
