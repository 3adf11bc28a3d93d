"""Facts against facts: what came out the same, what a clock or a machine changes, what differs, and why."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from jobtwin.core.check import OF_THE_PLACE


class Same(StrEnum):
    """What became of one fact when it was established again.

    `measured`: a clock, a meter, a draw or a program's own words tell it, so it cannot come out the same.
    `undecided`: its check could not be decided by the machine that ran it again, so nothing is known.
    """

    REPRODUCED = "reproduced"
    MEASURED = "measured"
    UNDECIDED = "undecided"
    DIFFERS = "differs"
    NOT_RUN = "not_run"


MEASURED_NAMES = frozenset(
    {
        "phases",
        "usage",
        "duration",
        "slowest",
        "environment",
        "resolution",
        "bytes",
        "bytecode",
        "app_memory_bytes",
        "app_processes",
    }
)
"""Facts that a meter or a cache tells, beside every `seconds`: how a run went, not what it found."""
DRAWN_NAMES = frozenset({"canaries"})
"""Facts that the checker draws at random, so that a submission cannot know them."""
PRINTED_NAMES = frozenset({"log", "build_log", "container_log", "errors"})
"""What programs print: clocks, numbers of processes, orders. No verdict rests on it."""
CLOCKED_NAMES = frozenset({"sampled_faults", "second_order"})
"""Further runs that a clock ends, in proportion to the first one: a busy machine notices others. Hints to a
mentor; no verdict rests on them."""
MACHINE_NAMES = frozenset({"engine", "limits_unenforced", "engine_still_works"})
"""Facts of the machine that ran it."""

_WHY = (
    (MEASURED_NAMES, "measured anew"),
    (DRAWN_NAMES, "drawn anew"),
    (CLOCKED_NAMES, "ended by a clock"),
    (PRINTED_NAMES, "printed anew"),
    (MACHINE_NAMES, "another machine"),
)
_CLOCK = re.compile(r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds?|minutes?)\b")


@dataclass(frozen=True, slots=True)
class FactOutcome:
    """One fact by its path (`F1.facts.passed`), both values as JSON text, and why they differ."""

    path: str
    outcome: Same
    recorded: str = ""
    again: str = ""
    why: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def compare_checks(
    recorded: Mapping[str, object], again: Mapping[str, object] | None, *, why: str = ""
) -> tuple[FactOutcome, ...]:
    """Every fact of one check, as `CheckResult.as_json` gives it; `again` None where it was not run."""
    name = str(recorded.get("id", "?"))
    before = dict(_leaves(recorded, name))
    if again is None:
        return tuple(FactOutcome(path, Same.NOT_RUN, value, why=why) for path, value in before.items())
    after = dict(_leaves(again, name))
    pairs = [(path, before.get(path, ""), after.get(path, "")) for path in sorted({*before, *after})]
    if again.get("reason") in OF_THE_PLACE and again.get("reason") != recorded.get("reason"):
        said = f"this machine could not decide it: {again.get('summary', '')}"
        return tuple(_undecided(*pair, said) for pair in pairs)
    return tuple(_compared(*pair, why) for pair in pairs)


def _undecided(path: str, before: str, after: str, why: str) -> FactOutcome:
    same = before == after
    return FactOutcome(path, Same.REPRODUCED if same else Same.UNDECIDED, before, after, "" if same else why)


def _compared(path: str, before: str, after: str, why: str) -> FactOutcome:
    if before == after:
        return FactOutcome(path, Same.REPRODUCED, before, after)
    parts = path.split(".")
    if parts[-1].endswith("seconds") or _CLOCK.sub("…", before) == _CLOCK.sub("…", after):
        return FactOutcome(path, Same.MEASURED, before, after, "measured anew")
    for names, meant in _WHY:
        if not names.isdisjoint(parts):
            return FactOutcome(path, Same.MEASURED, before, after, meant)
    return FactOutcome(path, Same.DIFFERS, before, after, why or _reason(before, after))


def _reason(before: str, after: str) -> str:
    if not before:
        return "it was not recorded"
    return "it did not come up again" if not after else "not explained by the inputs"


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every leaf by its path; a list is one leaf, in its order."""
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}")
    else:
        yield path, json.dumps(value, ensure_ascii=False, sort_keys=True)
