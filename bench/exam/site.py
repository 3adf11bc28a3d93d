"""The static site: front page, report, tables, documentation. Nothing is loaded from elsewhere."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from markdown_it import MarkdownIt

from bench.exam.result import Result
from jobtwin.review.inert import inert
from jobtwin.review.report_style import SHEET

TABLES = {"benchmarks": "Benchmarks", "evals": "Evals of the review"}
PICTURE = "desk.png"
_STYLE = (
    "img{max-width:100%}table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{padding:.2rem .6rem;text-align:start}"
)
_PICTURE_TEXT = "A mentor's page: verified facts on top, then evidence, score and comment for each dimension"
_LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")


def build_site(root: Path, site: Path) -> None:
    """The first state: everything but the report of the exam."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    shutil.copy(root / "docs" / "pictures" / PICTURE, site / PICTURE)
    for name, title in TABLES.items():
        text = (root / "docs" / f"{name}.md").read_text("utf-8")
        (site / f"{name}.html").write_text(_page(title, _rendered(text)), "utf-8")
    sphinx = [sys.executable, "-m", "sphinx", "-W", "-q", str(root / "docs"), str(site / "docs")]
    subprocess.run(sphinx, check=True)
    write_front(root, site, None)


def write_front(root: Path, site: Path, result: Result | None) -> None:
    """The product page, with the exam's result (and its report beside it) once there is one."""
    readme = (root / "README.md").read_text("utf-8").split("\n\n")
    threats = (root / "docs" / "threat-model.md").read_text("utf-8")
    body = [
        _rendered("\n\n".join(readme[:2])),
        f'<p><img src="{PICTURE}" alt="{_PICTURE_TEXT}"></p>',
        _rendered(
            "    make demo     # one whole exam in the terminal\n    make serve    # by hand in a browser"
        ),
        *(_result(result) if result else ["<h2>Its own exam</h2><p>It is being sat at this moment.</p>"]),
        "<h2>Read on</h2><ul>",
        '<li><a href="docs/index.html">Documentation</a>: tour, guides, concepts, reference, decisions</li>',
        *(f'<li><a href="{name}.html">{title}</a></li>' for name, title in TABLES.items()),
        '<li><a href="docs/threat-model.html">Threat model</a></li></ul>',
        "<h2>What the threat model leaves open</h2>",
        _rendered(threats.partition("## What remains\n")[2]),
    ]
    (site / "index.html").write_text(_page("Job Twin", "\n".join(body)), "utf-8")
    if result is not None:
        (site / "report.html").write_text(result.report, "utf-8")


def _result(result: Result) -> Iterable[str]:
    commit = inert(str(result.facts["commit"]))
    yield f"<h2>Its own exam</h2><p>Commit <code>{commit}</code>, examined by Job Twin;"
    yield 'shown as it is. <a href="report.html">The report with every citation</a>.</p><table>'
    for name, verdict, summary in result.checks:
        yield f"<tr><th>{inert(name)}</th><td>{inert(verdict)}</td><td>{inert(summary, most=600)}</td></tr>"
    yield "</table><table>"
    for name, said in result.bounds:
        yield f"<tr><th>{inert(name)}</th><td>{inert(said)}</td></tr>"
    yield "</table><h3>What it found missing</h3><ul>"
    for words, note in result.missing:
        yield f'<li>{inert(words)} <span class="soft">{inert(note, most=300)}</span></li>'
    yield "</ul>" if result.missing else "<li>nothing</li></ul>"


def _rendered(text: str) -> str:
    """Markdown as HTML; links of the repository have no place here and become their words."""
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(_LINK.sub(r"\1", text)))


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{SHEET}{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )
