"""The site of our own exam: escaped, self-contained, and every link leads somewhere."""

import re
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bench.exam.front import NOTHING
from bench.exam.result import BRIEF, Result, of_instance
from bench.exam.site import LINKS, write_front

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script><img src=//evil.example/x onerror=a()>\u202e"


class Page(HTMLParser):
    """What a page loads and where it leads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in {"href", "src", "action", "poster"}
        ]


def result(*, word: str = "fine", verdict: str = "met", checks: list[dict[str, Any]] | None = None) -> Result:
    criterion = BRIEF.criteria()[0]
    one = {"id": criterion.id, "verdict": verdict, "note": word}
    dimension = {"id": word, "lower": 0.1, "upper": 0.5, "score": 0.1, "criteria": [one]}
    told = [{"id": "F1", "verdict": "confirmed", "reason": "ok", "summary": word, "facts": {}}]
    page = "<html><body><main>\n<h1>Draft review</h1></main></body></html>"
    return Result(
        {"commit": word, "checks": told if checks is None else checks}, {"dimensions": [dimension]}, page
    )


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The little of a repository that the front page is made of."""
    docs = tmp_path / "docs"
    (docs / "pictures").mkdir(parents=True)
    (docs / "pictures" / "desk.png").write_bytes(b"png")
    (docs / "ledgers.md").write_text("# Ledgers\n")
    (docs / "threat-model.md").write_text(
        "# Threats\n\n## What remains\n- See [ledgers](ledgers.md#checks), [code](../src/a.py), "
        "[there](https://else.example/) and ![a picture](x.png)<u>raw</u>.\n"
    )
    (tmp_path / "README.md").write_text("# Job Twin\n\nOne exam.\n\nMore.\n")
    return tmp_path


def front(root: Path, found: Result | None) -> Path:
    site = root / "site"
    site.mkdir(exist_ok=True)
    write_front(root, site, found)
    return site


def test_nothing_of_a_report_becomes_markup_on_the_front_page(small: Path) -> None:
    told = {"id": HOSTILE, "verdict": HOSTILE, "reason": "ok", "summary": HOSTILE}
    site = front(small, result(word=HOSTILE, verdict="not_met", checks=[told]))
    text = (site / "index.html").read_text("utf-8")
    assert not {"script", "u"} & Page(site / "index.html").tags
    assert "\u202e" not in text
    assert text.count("&lt;script&gt;") == 7
    assert "evil.example" not in "".join(Page(site / "index.html").addresses)


def test_links_lead_to_pages_of_the_documentation_and_nowhere_else(small: Path) -> None:
    addresses = Page(front(small, result()) / "index.html").addresses
    assert set(addresses) == {*LINKS, "desk.png", "docs/tour.html", "docs/ledgers.html#checks"}


def test_every_link_of_the_real_front_page_resolves(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    write_front(ROOT, tmp_path / "site", result())
    for name in ("index.html", "report.html"):
        for address in Page(tmp_path / "site" / name).addresses:
            path, _, anchor = address.partition("#")
            source = ROOT / re.sub(r"\.html$", ".md", path)
            assert (tmp_path / "site" / path).is_file() or source.is_file(), address
            assert not anchor or anchor.replace("-", " ") in source.read_text("utf-8").lower(), address


def test_before_the_exam_nothing_leads_to_a_report(small: Path) -> None:
    site = front(small, None)
    assert "report.html" not in Page(site / "index.html").addresses
    assert not (site / "report.html").exists()
    assert "being sat at this moment" in (site / "index.html").read_text("utf-8")


def test_the_report_stands_as_it_is_with_a_way_back(small: Path) -> None:
    site = front(small, result())
    text = (site / "report.html").read_text("utf-8")
    assert text.replace('<p><a href="index.html">Job Twin</a></p>', "").replace("\n", "") == (
        result().report.replace("\n", "")
    )


def test_what_is_missing_is_told_with_why_and_nothing_is_said_to_be_nothing(small: Path) -> None:
    criterion = BRIEF.criteria()[0]
    found = result(word="0 of 1 file found.", verdict="not_met")
    assert list(found.missing) == [(criterion.text, "0 of 1 file found.")]
    assert NOTHING not in (front(small, found) / "index.html").read_text("utf-8")
    assert NOTHING in (front(small, result()) / "index.html").read_text("utf-8")
    assert f"  not met: {criterion.text} (0 of 1 file found.)" in found.lines()


def test_an_artifact_on_loopback_is_shown_as_one(small: Path) -> None:
    told = {"id": "F4", "verdict": "confirmed", "reason": "ok", "summary": "open"}
    public = front(small, result(checks=[told])) / "index.html"
    assert "development_list_used" not in public.read_text("utf-8")
    near = front(small, result(checks=[{**told, "facts": {"development_list_used": True}}])) / "index.html"
    assert "development_list_used" in near.read_text("utf-8")


def test_a_result_is_read_from_what_the_demo_wrote(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(
        '{"verification": {"commit": "c", "checks": []}, "draft": {"dimensions": []}}'
    )
    (tmp_path / "report.html").write_text("<main></main>")
    assert list(of_instance(tmp_path).lines()) == ["our own exam, commit c"]


def conf() -> ModuleType:
    spec = spec_from_file_location("docs_conf", ROOT / "docs" / "conf.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_the_theme_leaves_open_is_mended_in_each_page() -> None:
    theirs = (
        '<p class="caption" role="heading">Guides</p><aside class="toc-drawer no-toc"><pre>$ ls</pre></aside>'
    )
    ours = conf().accessible(theirs)
    assert 'role="heading" aria-level="2"' in ours
    assert '<aside aria-label="On this page" class="toc-drawer no-toc">' in ours
    assert '<pre tabindex="0">' in ours
