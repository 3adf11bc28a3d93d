"""The static site: product page, report, documentation. Nothing is loaded from elsewhere."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from markdown_it import MarkdownIt

from bench.exam.front import facts_of, missing_of
from bench.exam.result import Result
from jobtwin.review.report_style import SHEET

PICTURE = "desk.png"
_PICTURE_TEXT = "A mentor's page: verified facts on top, then evidence, score and comment for each dimension"
_STYLE = (
    "nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding-bottom:1rem;margin-bottom:2rem;"
    "border-bottom:1px solid var(--line)}nav b{margin-inline-end:auto}"
    "a{color:inherit}h3{margin-top:1.2rem}li h3{margin-top:0}.lead{font-size:1.2rem;max-width:46rem}"
    ".shot{display:block;margin:1.5rem 0;border:1px solid var(--line);border-radius:.5rem;overflow:hidden}"
    ".shot img{display:block;width:100%;aspect-ratio:16/9;object-fit:cover;object-position:top}"
    "ul{padding-inline-start:1.2rem}li{margin:.25rem 0}"
)
LINKS = {
    "report.html": "Its own exam",
    "docs/index.html": "Documentation",
    "docs/benchmarks.html": "Benchmarks",
    "docs/evals.html": "Evals",
    "docs/threat-model.html": "Threat model",
}
REPORT = "report.html"
_LINK = re.compile(r"(!?)\[([^]]+)\]\(([^)\s]*)\)")
_PAGE = re.compile(r"(?:docs/)?([\w-]+)\.md(#[\w-]+)?")


def build_site(root: Path, site: Path) -> None:
    """The first state: everything but the report of the exam."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    sphinx = [sys.executable, "-m", "sphinx", "-W", "-q", str(root / "docs"), str(site / "docs")]
    subprocess.run(sphinx, check=True)
    write_front(root, site, None)


def write_front(root: Path, site: Path, result: Result | None) -> None:
    """The product page, with the exam's result (and its report beside it) once there is one."""
    title, said = (root / "README.md").read_text("utf-8").split("\n\n")[:2]
    threats = (root / "docs" / "threat-model.md").read_text("utf-8")
    body = [
        _rendered(root, title),
        f'<div class="lead">{_rendered(root, said)}</div>',
        f'<a class="shot" href="{PICTURE}"><img src="{PICTURE}" alt="{_PICTURE_TEXT}"></a>',
        "<pre>make demo     # one whole exam in the terminal\nmake serve    # by hand in a browser</pre>",
        '<p>New here? <a href="docs/tour.html">The five-minute tour</a>.</p>',
        "<h2>Its own exam</h2>",
        *(_result(result) if result else ["<p>It is being sat at this moment.</p>"]),
        "<h2>What the threat model leaves open</h2>",
        _rendered(root, threats.partition("## What remains\n")[2]),
    ]
    shutil.copy(root / "docs" / "pictures" / PICTURE, site / PICTURE)
    (site / "index.html").write_text(
        _page(_navigation(has_report=result is not None), "\n".join(body)), "utf-8"
    )
    if result is not None:
        back = '<main>\n<p><a href="index.html">Job Twin</a></p>'
        (site / REPORT).write_text(result.report.replace("<main>", back, 1), "utf-8")


def _result(result: Result) -> list[str]:
    return [
        *facts_of(result),
        f'<p><a href="{REPORT}">The report with every citation</a></p>',
        *missing_of(result),
    ]


def _navigation(*, has_report: bool) -> str:
    shown = (f'<a href="{path}">{name}</a>' for path, name in LINKS.items() if has_report or path != REPORT)
    return f'<nav aria-label="Job Twin"><b>Job Twin</b>{"".join(shown)}</nav>'


def _rendered(root: Path, text: str) -> str:
    """Markdown as HTML; links to pages of the documentation stay, all others become their words."""

    def link(hit: re.Match[str]) -> str:
        page = _PAGE.fullmatch(hit[3])
        if hit[1] or page is None or not (root / "docs" / f"{page[1]}.md").is_file():
            return "" if hit[1] else hit[2]
        return f"[{hit[2]}](docs/{page[1]}.html{page[2] or ''})"

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(_LINK.sub(link, text)))


def _page(navigation: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Job Twin</title>\n<style>{SHEET}{_STYLE}</style></head>\n"
        f"<body>{navigation}<main>\n{body}\n</main></body></html>\n"
    )
