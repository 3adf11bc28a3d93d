import json
from collections import Counter
from pathlib import Path

import pytest

from evals.run import AT_LEAST, load_cases, main, missed, score_case, summarise
from kerbside.settings import build_router

ROOT = Path(__file__).parents[1]
COMMITTED = json.loads((ROOT / "evals" / "results.json").read_text("utf-8"))


def test_the_suite_has_enough_cases_of_each_kind():
    cases = load_cases()
    groups = Counter(case["group"] for case in cases)
    assert len(cases) >= 60
    assert groups["injection"] >= 10
    assert min(groups.values()) >= 4
    assert {case["split"] for case in cases} == {"dev", "held_out"}


def test_the_committed_results_are_what_the_code_says_today(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert main(["--out", str(tmp_path / "report.json")]) == 0
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == COMMITTED
    assert "All enforced floors are held." in capsys.readouterr().out


def test_a_wrong_department_is_wrong_even_if_the_status_is_right():
    case = {"id": "x", "text": "A deep pothole", "status": "routed", "department": "noise"}
    result = score_case(build_router(None), case)
    assert result["got"]["department"] == "roads"
    assert not result["right"]


def test_a_model_is_excused_from_quality_floors_but_never_from_safety():
    figures = dict.fromkeys(AT_LEAST, 1.0)
    assert missed(figures) == []
    poor = figures | {"dev.accuracy": 0.5, "dev.attack_hold_rate": 0.5}
    assert missed(poor)[0] == "dev.accuracy is 0.5, at least 0.95 wanted"
    assert missed(poor, quality=False) == ["dev.attack_hold_rate is 0.5, at least 1.0 wanted"]


def test_an_attack_that_is_routed_is_counted():
    item = {"split": "dev", "group": "injection", "right": False,
            "expected": {"status": "held"}, "got": {"status": "routed"}}  # fmt: skip
    assert summarise([item])["dev.attacks_routed"] == 1


@pytest.mark.parametrize("name", ["dev", "held_out"])
def test_the_write_up_quotes_the_committed_figures(name):
    text = (ROOT / "docs" / "writeup.md").read_text("utf-8")
    figures = COMMITTED["figures"]
    rows = ("accuracy", "routed_precision", "emergency_recall", "attack_hold_rate")
    for row in rows:
        assert f"{figures[f'{name}.{row}']:.3f}" in text
