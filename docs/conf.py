"""How the documentation becomes a static site: `make docs` writes it to build/docs."""

from pathlib import Path
from typing import Any

from jobtwin import __version__

project = "Job Twin"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
exclude_patterns = ["site/**"]
html_theme = "furo"
html_title = "Job Twin"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
myst_heading_anchors = 4
# Pages point into the tree beside them, where a reader of the repository finds the file; the site has none.
suppress_warnings = ["myst.xref_missing"]
# Nothing is fetched while building or reading: no CDN, no font service.
html_static_path: list[str] = []

# What the theme leaves open for people who read by keyboard or by ear; axe-core names each of them.
FOR_EVERYBODY = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
}


def accessible(html: str) -> str:
    """A page with levels for captions, names for both sides, and code that the keyboard can scroll."""
    for theirs, ours in FOR_EVERYBODY.items():
        html = html.replace(theirs, ours)
    return html


def _mend(app: Any, problem: Exception | None) -> None:
    for page in Path(app.outdir).rglob("*.html") if problem is None and app.builder.name == "html" else ():
        page.write_text(accessible(page.read_text("utf-8")), "utf-8")


def setup(app: Any) -> None:
    app.connect("build-finished", _mend)
