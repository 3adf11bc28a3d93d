"""The facts of F3 as plain JSON values. Names and logs come from the submission: data, never markup."""

from jobtwin.verification.f3.judge import Finding, count_cases
from jobtwin.verification.f3.run import EvalsRun, File

SHOWN = 20
_LOG_CHARACTERS = 16_000


def facts_of_run(run: EvalsRun, finding: Finding) -> dict[str, object]:
    """What the run told."""
    outcome = run.outcome
    facts: dict[str, object] = {
        "model": "stand-in",
        "usage": outcome.usage.as_json(),
        "limits_hit": [limit.value for limit in outcome.limits_hit],
        "log": outcome.stdout[-_LOG_CHARACTERS:],
        "data_files": {plain(path): digest for path, digest in list(run.data.items())[:SHOWN]},
        "data_files_count": len(run.data),
    }
    if outcome.stderr.strip():
        facts["errors"] = outcome.stderr[-_LOG_CHARACTERS:]
    if outcome.unenforced:
        facts["limits_unenforced"] = [limit.value for limit in outcome.unenforced]
    if run.told is not None:
        facts |= _told(run)
    if finding.thresholds_not_met:
        facts["thresholds_not_met"] = True
    return facts


def _told(run: EvalsRun) -> dict[str, object]:
    told = run.told
    if told is None:
        return {}
    facts: dict[str, object] = {
        "exit_code": told.exit,
        "signal": told.signal,
        "evals_seconds": round(told.seconds, 3),
        "model_calls": dict(sorted(told.calls.items())),
        "model_calls_total": sum(n for kind, n in told.calls.items() if kind != "schema_patterns_unmet"),
        "cases": count_cases(run),
        "reports": [_report(one) for one in run.written_reports[:SHOWN]],
        "reports_as_committed": [plain(path) for path in run.reports_as_committed[:SHOWN]],
        "files_written": told.files_count,
        "data_changed": [plain(path) for path in run.changed_data],
    }
    if told.unknown:
        facts["model_paths_unknown"] = {plain(path): n for path, n in told.unknown.items()}
    if told.odd:
        facts["files_not_opened"] = {plain(path): kind for path, kind in told.odd.items()}
    return facts


def _report(file: File) -> dict[str, object]:
    report = file.model_dump(exclude_none=True, exclude={"path", "status"})
    return {"path": plain(file.path), **report}


def plain(name: str) -> str:
    """A file's name on one line, at most 200 letters, without what would drive a terminal."""
    cut = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name[:200])
    return cut.encode("utf-8", "replace").decode()
