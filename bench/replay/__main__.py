"""Makes evidence bundles by demos of their own and replays each on several engines; prints a table.

usage: python -m bench.replay [BUNDLES] [REPLAYS] [ENGINE ...]     (default: 3 bundles, 2 replays, bubblewrap)
Exit 1 where a fact that is not measured came out another way.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUTCOMES = ("reproduced", "measured", "undecided", "differs", "not_run")
RESULTS = ("reproduced", "undecided", "differs")
HEAD = """\
| engine | reproduced | could not decide | differ | verdicts and reasons | facts | draft reviews | ledgers |
|---|---|---|---|---|---|---|---|
"""


@dataclass
class Tally:
    """What the replays of one engine said, all bundles together."""

    results: Counter[str] = field(default_factory=Counter)
    drafts: int = 0
    ledgers: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    other_verdicts: list[str] = field(default_factory=list)

    def add(self, found: dict[str, Any]) -> None:
        """One replay's `--json`."""
        self.results[found["result"]] += 1
        self.drafts += found["draft_same"] is True
        self.ledgers.update(code or "holds" for code in found["ledgers"].values())
        for fact in found["facts"]:
            self.facts[fact["outcome"]] += 1
            if fact["path"].partition(".")[2] in ("verdict", "reason"):
                self.verdicts[fact["outcome"]] += 1
            if fact["outcome"] == "differs":
                self.differing[f"{fact['path']} ({fact['why']})"] += 1
        self.notes.update(found["notes"])
        self.other_verdicts += other_verdicts(found["facts"])

    def row(self, engine: str) -> str:
        """A line of the table."""
        facts = ", ".join(
            f"{self.facts[one]:,} {one.replace('_', ' ')}" for one in OUTCOMES if self.facts[one]
        )
        verdicts = f"{self.verdicts['reproduced']} of {self.verdicts.total()}"
        ledgers = f"{self.ledgers['holds']} of {self.ledgers.total()}"
        replays = self.results.total()
        results = " | ".join(f"{self.results[one]} of {replays}" for one in RESULTS)
        drafts = f"{self.drafts} of {replays}"
        return f"| {engine} | {results} | {verdicts} | {facts} | {drafts} | {ledgers} |"


def other_verdicts(facts: list[dict[str, str]]) -> list[str]:
    """Each verdict that is not the recorded one, with what the check says of it now."""
    says = {fact["path"]: fact["again"] for fact in facts}
    return [
        f"{fact['path']}: {fact['recorded']} recorded, {fact['again']} now: "
        + says.get(fact["path"].replace(".verdict", ".summary"), "")
        for fact in facts
        if fact["path"].endswith(".verdict") and fact["outcome"] in ("differs", "undecided")
    ]


def main() -> int:
    """Plays, replays, prints."""
    counts, engines = [one for one in sys.argv[1:] if one.isdigit()], sys.argv[1:]
    bundles, replays = (int(one) for one in (counts + ["3", "2"][len(counts) :])[:2])
    engines = [one for one in engines if not one.isdigit()] or ["bubblewrap"]
    tallies = {engine: Tally() for engine in engines}
    with tempfile.TemporaryDirectory(prefix="jobtwin-bench-replay-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for number in range(bundles):
            bundle = played(folder, number)
            for engine in engines:
                for _ in range(replays):
                    tallies[engine].add(replayed(bundle, engine))
    write = sys.stdout.write
    write(HEAD)
    for engine, tally in tallies.items():
        write(tally.row(engine) + "\n")
    for engine, tally in tallies.items():
        for said in tally.other_verdicts:
            write(f"{engine}: {said}\n")
        for path, count in sorted(tally.differing.items()):
            write(f"{engine}: {path} differed {count} times\n")
        for note, count in sorted(tally.notes.items()):
            write(f"{engine}: {count} times: {note}\n")
    return int(any(tally.facts["differs"] for tally in tallies.values()))


def played(folder: Path, number: int) -> Path:
    """The evidence bundle of one demo."""
    bundle = folder / f"{number}.jobtwin"
    homes = {
        "JOBTWIN_HOME": str(folder / "home"),
        "JOBTWIN_KEYS": str(folder / "keys" / "ring"),
    }
    run(["demo", "--bundle", str(bundle)], homes)
    return bundle


def replayed(bundle: Path, engine: str) -> dict[str, Any]:
    """What a replay on an engine says; 1 (something differs) and 3 (undecided) are answers too."""
    found: dict[str, Any] = json.loads(run(["replay", str(bundle), "--json"], {"JOBTWIN_ENGINE": engine}))
    return found


def run(arguments: list[str], more: dict[str, str]) -> bytes:
    """Standard output of `jobtwin`. Raises CalledProcessError where it gives no answer."""
    done = subprocess.run(
        [sys.executable, "-m", "jobtwin.cli.main", *arguments],
        check=False, capture_output=True, env=os.environ | more,
    )  # fmt: skip
    if done.returncode not in (0, 1, 3):
        raise subprocess.CalledProcessError(done.returncode, arguments, done.stdout, done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
