"""The `jobtwin` command. Each sub-command lives in a module of its own, loaded when it is called."""

import sys
import traceback
from importlib import import_module

import click

from jobtwin.cli.output import report_error
from jobtwin.core.errors import JobTwinError

COMMANDS = {
    "verify": ("verify", "Reproduce what a submission claims, in a sandbox."),
    "evidence": ("evidence", "Find the lines that speak to a criterion."),
    "draft": ("draft", "Draft a rubric review with verified citations and bounds."),
    "scan": ("scan", "Find text that speaks to a grader or a model."),
    "evals": ("evals", "Measure the review: verdicts, attacks, stub models, retrieval, guard."),
    "brief": ("brief", "Check, publish and retire exam briefs."),
    "sample": ("sample", "Write a packaged sample as a git repository."),
    "credential": ("credential", "Verify a credential offline."),
    "ledger": ("ledger", "Verify a mentor's ledger offline, or export all."),
    "witness": ("witness", "Sign checkpoints a second time, offline."),
    "replay": ("replay", "Run a decision's checks again from its evidence bundle."),
    "bundle": ("bundle", "Write the evidence bundle of an attempt."),
    "login": ("login", "Keep a server's address and a token."),
    "start": ("start", "Start the clock of an exam."),
    "status": ("status", "Show where your attempts stand."),
    "save": ("save", "Save a draft."),
    "rehearse": ("rehearse", "Have the saved draft verified, for you alone."),
    "submit": ("submit", "Submit the saved draft, for good."),
    "dispute": ("dispute", "Say why a refuted check is wrong."),
    "withdraw": ("withdraw", "Give up an open attempt, for good."),
    "receipt": ("receipt", "Fetch receipts, and verify one offline."),
    "data": ("data", "Download all of your data."),
    "operate": ("operate", "Extend and void attempts, answer disputes."),
    "webhooks": ("webhooks", "List, add and change webhooks of your programmes."),
    "demo": ("demo", "Play one whole exam, from Start to credential."),
    "programme": ("programme", "Make programmes and invite people into them."),
    "serve": ("serve", "Web server, worker and embedded database in one command."),
    "worker": ("worker", "Run a worker."),
    "database": ("database", "Start, migrate or stop the database."),
    "backup": ("backup", "Back up database and artefacts; keys apart."),
    "restore": ("restore", "Restore a backup into an empty database and verify it."),
    "images": ("images", "Add, list and remove base images for containers."),
    "doctor": ("doctor", "Say what this machine can verify, and what is missing."),
    "keys": ("keys", "Make and list the signing keys."),
}

OWN_FAULT = 70


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"jobtwin.cli.{COMMANDS[cmd_name][0]}"), "command")  # noqa: B009
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: jobtwin verify . --only F1",
)
@click.version_option(package_name="jobtwin", prog_name="jobtwin")
def jobtwin() -> None:
    """A capstone exam that everyone can trust."""


def main() -> None:
    """The entry point: errors of ours become one line and an exit code, never a traceback."""
    try:
        sys.exit(jobtwin.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except JobTwinError as error:
        sys.exit(report_error(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except Exception:  # noqa: BLE001  a fault of ours must not end with a code that means a verdict
        traceback.print_exc()
        sys.exit(OWN_FAULT)


if __name__ == "__main__":
    main()
