"""How the documentation becomes a static site: `make site-docs` writes it to build/docs."""

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
