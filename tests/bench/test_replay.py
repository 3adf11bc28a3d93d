"""The table of replays tells a difference apart from a machine that could not decide."""

from bench.replay.__main__ import HEAD, Tally


def fact(path: str, outcome: str, again: str = "1") -> dict[str, str]:
    return {"path": path, "outcome": outcome, "recorded": "1", "again": again, "why": "said"}


def found(result: str, outcome: str) -> dict[str, object]:
    facts = [
        fact("F1.verdict", outcome, "2"),
        fact("F1.reason", "reproduced"),
        fact("F1.summary", outcome, "busy"),
    ]
    return {"result": result, "draft_same": True, "ledgers": {"a": ""}, "facts": facts, "notes": []}


def test_each_result_has_a_column_and_each_other_verdict_a_line() -> None:
    tally = Tally()
    for result, outcome in (("reproduced", "reproduced"), ("undecided", "undecided"), ("differs", "differs")):
        tally.add(found(result, outcome))
    row = tally.row("runc")
    assert row.startswith(
        "| runc | 1 of 3 | 1 of 3 | 1 of 3 | 4 of 6 | 5 reproduced, 2 undecided, 2 differs |"
    )
    assert row.count("|") == HEAD.splitlines()[0].count("|")
    assert tally.other_verdicts == ["F1.verdict: 1 recorded, 2 now: busy"] * 2
    assert dict(tally.differing) == {"F1.verdict (said)": 1, "F1.summary (said)": 1}
