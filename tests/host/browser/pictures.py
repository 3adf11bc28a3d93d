"""Pictures of pages: all for a person who looks (`make pictures`), some for the documentation."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = os.environ.get("JOBTWIN_PICTURES")
"""A folder for a picture of each page on each screen; none are taken without it."""
DOCUMENTED = {"attempt": 1100, "credential": 1500, "desk": 2200, "live": 1900}
"""Pages that the documentation shows on a desk's screen in light, by the pixels of height that it shows."""


def take(page: "Page", name: str, width: int, scheme: str) -> None:
    """A picture of the whole page where there is a folder, and in its `docs` what the documentation shows."""
    if FOLDER is None:
        return
    page.screenshot(path=Path(FOLDER, f"{name.replace(' ', '-')}-at-{width}-{scheme}.png"), full_page=True)
    if (width, scheme) == (1280, "light") and name in DOCUMENTED:
        before = page.viewport_size
        page.set_viewport_size({"width": width, "height": DOCUMENTED[name]})  # what sticks, sticks to the end
        page.screenshot(path=Path(FOLDER, "docs", f"{name}.png"))
        if before is not None:
            page.set_viewport_size(before)
