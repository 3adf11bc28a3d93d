"""What an exam found, as the front page and the terminal tell it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobtwin.cli.source import opened
from jobtwin.review.draft import draft_review
from jobtwin.review.report import report_html
from jobtwin.source.brief import built_in_brief

BRIEF = built_in_brief("capstone")


@dataclass(frozen=True, slots=True)
class Result:
    """The facts and the draft as `jobtwin verify --json` and `draft --json` print them, and the page."""

    facts: Mapping[str, Any]
    draft: Mapping[str, Any]
    report: str

    @property
    def checks(self) -> list[tuple[str, str, str]]:
        """Each check that ran: id, verdict with reason, summary."""
        return [
            (one["id"], f"{one['verdict']}: {one['reason']}", one["summary"]) for one in self.facts["checks"]
        ]

    @property
    def bounds(self) -> list[tuple[str, str]]:
        """Each dimension and what the facts carry of it, of 1."""
        return [
            (one["id"], f"{one['lower']:.2f} to {one['upper']:.2f}, draft {one['score']:.2f}")
            for one in self.draft["dimensions"]
        ]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Each criterion that is not met: the words of the brief, and why."""
        words = {one.id: one.text for one in BRIEF.criteria()}
        return [
            (words[one["id"]], one["note"])
            for dimension in self.draft["dimensions"]
            for one in dimension["criteria"]
            if one["verdict"] == "not_met"
        ]

    def lines(self) -> Iterator[str]:
        """The result for a terminal."""
        yield f"our own exam, commit {self.facts['commit']}"
        for name, verdict, summary in self.checks:
            yield f"  {name} {verdict}\n      {summary}"
        for name, said in self.bounds:
            yield f"  {name:20} {said}"
        for words, note in self.missing:
            yield f"  not met: {words} ({note})"


def of_instance(folder: Path) -> Result:
    """The result that `jobtwin demo --out` wrote."""
    document = json.loads((folder / "report.json").read_text("utf-8"))
    page = (folder / "report.html").read_text("utf-8")
    return Result(document["verification"], document["draft"], page)


def of_parts(clone: Path, facts: Mapping[str, Any]) -> Result:
    """A review of the clone with the facts that were asked for; criteria of other checks stay unclear."""
    with opened(str(clone)) as repository:
        draft = draft_review(repository, BRIEF, source=str(facts["source"]), facts=facts)
        page = report_html(draft, BRIEF, repository, facts=facts)
    return Result(facts, draft.as_json(), page)
