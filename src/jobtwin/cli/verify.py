"""`jobtwin verify`: reproduce what a submission claims."""

import os

import click

from jobtwin.cli.output import FAILED, INCONCLUSIVE, finish, one_line, print_json
from jobtwin.cli.progress import progress
from jobtwin.cli.source import chosen_brief, opened
from jobtwin.core.brief import Brief
from jobtwin.core.check import Verdict, VerificationReport
from jobtwin.core.errors import BadInput

SIGNS = {Verdict.CONFIRMED: "✓", Verdict.REFUTED: "✗", Verdict.INCONCLUSIVE: "?"}


@click.command(epilog="Example: jobtwin verify . --only F1 --json")
@click.argument("source")
@click.option("--brief", "brief_name", default="capstone", show_default=True, help="Built-in id or a file.")
@click.option("--only", default="", help="Checks to run, separated by commas: F1,F2.")
@click.option("--artifact", metavar="URL", help="The public artifact (else jobtwin.toml names it).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(source: str, brief_name: str, only: str, artifact: str | None, as_json: bool) -> None:
    """Reproduce the checks of a brief on SOURCE: a local git repository or an https address.

    What is checked is the commit at HEAD; uncommitted files never count. Nothing of the submission
    runs outside the sandbox. Exit: 0 all confirmed, 1 something refuted, 3 something inconclusive,
    2 unusable input.
    """
    from jobtwin.verification.choose import engine_or_none
    from jobtwin.verification.settings import VerificationSettings
    from jobtwin.verification.verify import verify

    brief = chosen_brief(brief_name)
    wanted = _wanted(brief, only)
    settings = VerificationSettings.from_environment(os.environ)
    with opened(source) as repository, progress() as on_event:
        report = verify(
            repository,
            brief,
            source=source,
            only=wanted,
            artifact=artifact,
            engine=engine_or_none(settings),
            settings=settings,
            on_event=on_event,
        )
    if as_json:
        print_json(report.as_json())
    else:
        _print(report)
    finish(exit_code(report))


def exit_code(report: VerificationReport) -> int:
    """1 where something is refuted, else 3 where something is inconclusive, else 0."""
    verdicts = {check.verdict for check in report.checks}
    if Verdict.REFUTED in verdicts:
        return FAILED
    return INCONCLUSIVE if Verdict.INCONCLUSIVE in verdicts else 0


def _wanted(brief: Brief, only: str) -> frozenset[str] | None:
    if not only:
        return None
    wanted = frozenset(part.strip() for part in only.split(",") if part.strip())
    known = [check.id for check in brief.self_checks]
    unknown = sorted(wanted - set(known))
    if unknown or not wanted:
        raise BadInput(f"--only names no check {', '.join(unknown)}; {brief.id} has {', '.join(known)}")
    return wanted


def _print(report: VerificationReport) -> None:
    click.echo(f"{one_line(report.source)} at {report.commit[:12]}, engine {report.engine}")
    for check in report.checks:
        line = f"{SIGNS[check.verdict]} {check.id} {check.verdict}: {check.reason} ({check.seconds:.1f} s)"
        click.echo(f"{line}\n    {one_line(check.summary)}")
