"""Documentation that cannot rot: links lead somewhere, settings are all described."""

import re
from pathlib import Path

from jobtwin.config.environment import NAMES
from tests.host.browser.pictures import DOCUMENTED

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_relative_link_leads_to_a_file() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not broken


def test_every_picture_is_one_that_the_browser_tests_make_and_a_page_shows() -> None:
    """`make pictures` copies them to docs/pictures: none is made by hand, none is left behind."""
    assert {picture.stem for picture in ROOT.glob("docs/pictures/*")} == set(DOCUMENTED)
    shown = {
        Path(target).stem
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if target.endswith(".png")
    }
    assert shown == set(DOCUMENTED)


def test_every_setting_is_described_and_nothing_else() -> None:
    described = set(
        re.findall(r"^\| `([A-Z0-9_<>]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    )
    assert described == set(NAMES)


def test_every_page_stands_in_the_index_of_the_site() -> None:
    listed = set(
        re.findall(
            r"^([a-z][a-z0-9/-]+|decisions/README)$", (ROOT / "docs/index.md").read_text(), re.MULTILINE
        )
    )
    pages = {page.stem for page in ROOT.glob("docs/*.md")} - {"index"} | {"decisions/README"}
    assert listed == pages, f"in docs/index.md or on disk alone: {sorted(listed ^ pages)}"


def test_every_list_of_requirements_pins_the_same_versions() -> None:
    """One environment holds all of them where Job Twin is verified like any submission."""
    pinned: dict[str, set[str]] = {}
    for page in ROOT.glob("requirements/*.txt"):
        for name, version in re.findall(
            r"^([a-z0-9._-]+)(?:\[.*?\])?==(\S+)", page.read_text(), re.MULTILINE
        ):
            pinned.setdefault(name, set()).add(version)
    assert pinned
    assert not {name: versions for name, versions in pinned.items() if len(versions) > 1}
