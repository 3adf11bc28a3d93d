"""Alerts and the dashboard: expressions parse and ask for metrics that exist; alerts have entries."""

import json
import re

import pytest
import yaml
from prometheus_client import REGISTRY

from jobtwin.telemetry import meters
from tests.deploy.manifests import ROOT

FOLDER = ROOT / "deploy/observe"
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [one["expr"] for panel in PANELS for one in panel["targets"]]
FUNCTIONS = frozenset({"absent", "sum", "max", "min", "by", "rate", "increase", "histogram_quantile"})
TOKEN = re.compile(
    r"\s*(?:(?P<string>\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)(?P<unit>[smhd])?|(?P<word>[a-zA-Z_]\w*)"
    r"|(?P<mark>=~|!~|!=|==|>=|<=|[-+*/<>=(){}\[\],]))"
)


def known() -> dict[str, set[str]]:
    """Every metric with its labels: those of processes, and those read from the database's page."""
    assert meters.REQUESTS
    found: dict[str, set[str]] = {"up": {"job"}}
    for family in REGISTRY.collect():
        if not family.name.startswith("jobtwin_"):
            continue
        collector = REGISTRY._names_to_collectors[family.name]
        labels = set(collector._labelnames)  # type: ignore[attr-defined]
        for suffix in ("", "_total", "_bucket", "_count", "_sum"):
            found[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    page = (ROOT / "src/jobtwin/web/pages/metrics.py").read_text()
    for name in re.findall(r'"(jobtwin_\w+)"', page):
        found[name] = {"queue", "status", "state"}
    return found


def tokens(expression: str) -> list[re.Match[str]]:
    """Raises AssertionError at the first character that belongs to no token."""
    found, at = [], 0
    while at < len(expression):
        match = TOKEN.match(expression, at)
        assert match, f"at {at}: {expression[at:]}"
        found.append(match)
        at = match.end()
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_parses_and_its_metrics_and_labels_exist(expression: str) -> None:
    metrics, depth, labels = known(), [], set()
    selected: set[str] = set()
    words = tokens(expression)
    for index, one in enumerate(words):
        mark, word = one["mark"], one["word"]
        if mark and mark in "({[":
            grouped = mark == "(" and index and words[index - 1]["word"] == "by"
            depth.append("by" if grouped else mark)
        elif mark and mark in ")}]":
            assert depth.pop() in {"by", "(", "{", "["}
        elif word and depth and depth[-1] in {"by", "{"}:
            labels.add(word)
        elif word and word not in FUNCTIONS:
            assert word in metrics, word
            selected.add(word)
    assert depth == []
    assert selected
    assert labels <= set().union(*(metrics[one] for one in selected))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_it_means_and_has_its_entry_in_the_runbook(rule: dict[str, object]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}  # type: ignore[index]
    assert rule["annotations"]["summary"]  # type: ignore[index]
    entries = re.findall(r"^### (\w+)$", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    assert rule["alert"] in entries


def test_the_runbook_has_no_alert_that_is_none() -> None:
    text = (ROOT / "docs/runbook.md").read_text()
    section = text.partition("## Alerts")[2].partition("\n## ")[0]
    assert set(re.findall(r"^### (\w+)$", section, re.MULTILINE)) == {rule["alert"] for rule in RULES}


def test_panels_lie_side_by_side_and_have_numbers_of_their_own() -> None:
    places = {(one["gridPos"]["x"], one["gridPos"]["y"]) for one in PANELS}
    assert len(places) == len(PANELS) == len({one["id"] for one in PANELS})


def test_prometheus_finds_the_rules_and_scrapes_the_jobs_that_they_name() -> None:
    found = yaml.safe_load((FOLDER / "prometheus.yaml").read_text())
    assert found["rule_files"] == ["alerts.yaml"]
    jobs = {one["job_name"] for one in found["scrape_configs"]}
    assert set(re.findall(r'job="([^"]+)"', " ".join(EXPRESSIONS))) <= jobs
