"""Replay: run a decision's checks again from its evidence bundle, and say fact by fact what became of it."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from jobtwin.core.brief import Brief, parse_brief
from jobtwin.core.check import RETRYABLE
from jobtwin.core.errors import BadDocument
from jobtwin.evals.differences import FactOutcome, Same, compare_checks
from jobtwin.evals.patience import patiently
from jobtwin.proofs.ledger import verify_ledger
from jobtwin.proofs.replay_bundle import ReplayBundle
from jobtwin.review.draft import draft_review
from jobtwin.source.repository import Repository
from jobtwin.verification.checker import checker_identity
from jobtwin.verification.dependencies.recorded import RecordedLock
from jobtwin.verification.engine import Engine, Limits
from jobtwin.verification.events import OnEvent, ignore
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.verify import verify

SETTINGS = ("control_factor", "control_least_seconds")


class Result(StrEnum):
    """What a replay comes to; UNDECIDED: what this machine could decide came out the same."""

    REPRODUCED = "reproduced"
    UNDECIDED = "undecided"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay found: facts by path, the draft review, each ledger's code (empty: it holds), notes."""

    commit: str
    engine: str
    facts: tuple[FactOutcome, ...]
    draft_same: bool | None
    ledgers: dict[str, str]
    notes: tuple[str, ...]

    def count(self, outcome: Same) -> int:
        """How many facts came out so."""
        return sum(one.outcome is outcome for one in self.facts)

    @property
    def result(self) -> Result:
        """REPRODUCED where no fact differs or is undecided, the draft is the same and every ledger holds."""
        if self.count(Same.DIFFERS) or self.draft_same is False or any(self.ledgers.values()):
            return Result.DIFFERS
        return Result.UNDECIDED if self.count(Same.UNDECIDED) else Result.REPRODUCED

    @property
    def undecided(self) -> dict[str, str]:
        """The checks that this machine could not decide, and why."""
        found = (one for one in self.facts if one.outcome is Same.UNDECIDED)
        return {one.path.partition(".")[0]: one.why for one in found}

    def as_json(self) -> dict[str, object]:
        """The form that `jobtwin replay --json` prints."""
        return {
            "commit": self.commit,
            "engine": self.engine,
            "reproduced": self.result is Result.REPRODUCED,
            "result": self.result.value,
            "counts": {one.value: self.count(one) for one in Same},
            "draft_same": self.draft_same,
            "ledgers": self.ledgers,
            "notes": list(self.notes),
            "facts": [one.as_json() for one in self.facts],
        }


def replay(
    bundle: ReplayBundle,
    *,
    engine: Engine | None,
    settings: VerificationSettings,
    only: frozenset[str] | None = None,
    on_event: OnEvent = ignore,
) -> Replay:
    """Run the bundle's checks and its deterministic review again.

    Limits and locks are those of the bundle; what this machine failed at is run again (`patience.TRIES`).
    Raises BadDocument where its parts do not belong together.
    """
    brief, recorded = parse_brief(bundle.json("brief.json")), bundle.json("report.json")
    _require_whole(bundle, brief, recorded)
    folder = Path(tempfile.mkdtemp(prefix="jobtwin-replay-"))
    try:
        (folder / "commit.bundle").write_bytes(bundle.read("commit.bundle"))
        with Repository.from_bundle(folder / "commit.bundle", folder / "repository.git") as tree:
            if tree.commit != recorded["commit"]:
                raise BadDocument("the bundle's commit is not the one that was verified")
            chosen = _as_recorded(settings, bundle)
            report, repeated = patiently(
                lambda ids: verify(
                    tree, brief, source=recorded["source"], only=ids, engine=engine,
                    settings=chosen, on_event=on_event,
                ),
                only=only,
                undecided=_undecided(recorded),
            )  # fmt: skip
            draft_same = _draft_again(bundle, brief, recorded, tree)
        ledgers = _ledgers(bundle, folder / "ledgers")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    verified = {check.id: check.verification for check in brief.self_checks}
    again = {check.id: check.as_json() for check in report.checks}
    facts = tuple(
        fact
        for check in recorded["checks"]
        for fact in compare_checks(
            check, again.get(str(check["id"])), why=_why(verified.get(check["id"]), bundle)
        )
    )
    notes = (*_notes(bundle, recorded, report.engine), *repeated)
    return Replay(report.commit, report.engine, facts, draft_same, ledgers, notes)


def _undecided(recorded: Mapping[str, Any]) -> list[str]:
    """The checks that were given up where the bundle was made."""
    return [str(one["id"]) for one in recorded["checks"] if one.get("reason") in RETRYABLE]


def _require_whole(bundle: ReplayBundle, brief: Brief, recorded: Mapping[str, Any]) -> None:
    manifest = bundle.manifest
    checks = recorded.get("checks")
    shaped = isinstance(checks, list) and all(isinstance(one, dict) and "id" in one for one in checks)
    if not shaped or not isinstance(recorded.get("source"), str):
        raise BadDocument("report.json is not what a verification reports")
    if (manifest.get("brief"), manifest.get("commit")) != (brief.digest, recorded.get("commit")):
        raise BadDocument("the manifest names another brief or commit than its files", code="CHANGED")
    if "credential.json" not in bundle.names():
        return
    evidence = str(bundle.json("credential.json")["evidence"][0]["narrative"]).splitlines()
    if not {f"commit: {recorded['commit']}", f"brief: {brief.digest}"} <= set(evidence):
        raise BadDocument("the credential was issued for another commit or brief", code="CHANGED")


def _as_recorded(settings: VerificationSettings, bundle: ReplayBundle) -> VerificationSettings:
    """This machine's folders and interpreter with the bundle's limits and locks. Raises BadDocument."""
    try:
        kept = bundle.manifest.get("settings") or {}
        locks = bundle.json("locks.json")["locks"] if "locks.json" in bundle.names() else []
        recorded = tuple(
            RecordedLock(str(one["asked"]), str(one["text"]), tuple((a, b) for a, b in one["given_up"]))
            for one in locks
        )
        values: dict[str, Any] = {name: float(kept[name]) for name in SETTINGS if name in kept}
        values |= {name: Limits(**kept[name]) for name in ("limits", "build_limits") if name in kept}
    except (TypeError, ValueError, KeyError) as error:
        raise BadDocument("the bundle's settings or locks cannot be read") from error
    return replace(settings, **values, installer=replace(settings.environments, recorded=recorded))


def _draft_again(
    bundle: ReplayBundle, brief: Brief, recorded: Mapping[str, Any], tree: Repository
) -> bool | None:
    """Whether the same facts give the same draft; None where a model had a part in it."""
    kept = bundle.json("draft.json")
    if kept.get("model") != "none":
        return None
    return draft_review(tree, brief, source=recorded["source"], facts=recorded).as_json() == kept


def _ledgers(bundle: ReplayBundle, folder: Path) -> dict[str, str]:
    names = {name.partition("/")[0] for name in bundle.copy("ledgers", folder)}
    return {name: verify_ledger(folder / name, kept=None).code for name in sorted(names)}


def _why(what: str | None, bundle: ReplayBundle) -> str:
    """What explains a difference before anything else does; empty where nothing is known."""
    if not _same_checker(bundle):
        return "the checker's code is another one"
    return "it asks the world outside, which may have changed" if what == "artifact" else ""


def _same_checker(bundle: ReplayBundle) -> bool:
    return bool(bundle.manifest.get("checker") == checker_identity())


def _notes(bundle: ReplayBundle, recorded: Mapping[str, Any], engine: str) -> tuple[str, ...]:
    notes = []
    if not _same_checker(bundle):
        notes.append(f"checked by {bundle.manifest.get('checker')}, replayed by {checker_identity()}")
    if recorded.get("engine") != engine:
        notes.append(f"verified with the engine {recorded.get('engine')}, replayed with {engine}")
    if "locks.json" not in bundle.names():
        notes.append("no locks were kept: versions that the project leaves open are those of today")
    return tuple(notes)
