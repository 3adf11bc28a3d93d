"""Facts: what `jobtwin verify --json` printed, held against the commit and brief it must belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobtwin.core.brief import Brief
from jobtwin.core.check import Reason, Verdict, verdict_of
from jobtwin.core.errors import BadInput

MAX_SUMMARY = 2000


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One check as it was reported: verdict, reason code and summary (data, shown inert)."""

    id: str
    verdict: Verdict
    reason: Reason
    summary: str


def parse_facts(facts: Mapping[str, object] | None, brief: Brief, commit: str) -> dict[str, CheckFact]:
    """Checks by id; none without facts. Raises BadInput where they are malformed or belong elsewhere."""
    if facts is None:
        return {}
    if not isinstance(facts, Mapping):
        raise BadInput("the facts are not one JSON object; give what `jobtwin verify --json` printed")
    _refuse_others(facts, brief, commit)
    listed = facts.get("checks")
    if not isinstance(listed, list) or len(listed) > 99:
        raise BadInput("the facts have no list `checks`; give what `jobtwin verify --json` printed")
    checks = [_check(item) for item in listed]
    if len({check.id for check in checks}) != len(checks):
        raise BadInput("the facts name a check twice")
    return {check.id: check for check in checks}


def _refuse_others(facts: Mapping[str, object], brief: Brief, commit: str) -> None:
    if facts.get("commit") != commit:
        raise BadInput(f"the facts are about commit {str(facts.get('commit'))[:40]}, not about {commit}")
    if facts.get("brief") != brief.id:
        raise BadInput(f"the facts are about brief {str(facts.get('brief'))[:64]!r}, not about {brief.id!r}")


def _check(item: object) -> CheckFact:
    if not isinstance(item, Mapping):
        raise BadInput("a check in the facts is not an object")
    values = [item.get(name) for name in ("id", "verdict", "reason", "summary")]
    if not all(isinstance(value, str) for value in values):
        raise BadInput("a check in the facts lacks `id`, `verdict`, `reason` or `summary` as text")
    check_id, verdict, reason, summary = map(str, values)
    if verdict not in set(Verdict) or reason not in set(Reason):
        raise BadInput(
            f"check {check_id[:8]} has an unknown verdict or reason: {verdict[:40]!r}, {reason[:40]!r}"
        )
    if verdict_of(Reason(reason)) is not Verdict(verdict):
        raise BadInput(f"check {check_id[:8]} is {verdict}, but its reason {reason} says otherwise")
    return CheckFact(check_id, Verdict(verdict), Reason(reason), summary[:MAX_SUMMARY])
