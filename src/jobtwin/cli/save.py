"""`jobtwin save`: saves a draft."""

from pathlib import Path

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.core.errors import BadInput

MAX_NOTES_BYTES = 200_000


@click.command(epilog="Example: jobtwin save --source https://git.example.org/you/capstone --answer F1=yes")
@click.option("--source", help="Address of the repository.")
@click.option(
    "--archive", type=click.Path(path_type=Path), help="A zip or tar.gz that is uploaded as your work."
)
@click.option("--artifact", metavar="URL", help="Address of the public artifact.")
@click.option("--notes", help="Notes to the mentors; @FILE reads them from a file.")
@click.option(
    "--answer", "answers", multiple=True, metavar="CHECK=yes|no", help="One self-check; repeatable."
)
@click.option(
    "--log",
    "logs",
    multiple=True,
    metavar="WINDOW=TEXT",
    help="The open window's log; WINDOW=@FILE reads a file.",
)
@click.option("--attempt", "attempt_id", help="Its id, or how it begins (default: your one open attempt).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(
    source: str | None,
    archive: Path | None,
    artifact: str | None,
    notes: str | None,
    answers: tuple[str, ...],
    logs: tuple[str, ...],
    attempt_id: str | None,
    as_json: bool,
) -> None:
    """Save a new version of your draft. What you do not name stays as it is; nothing is overwritten."""
    from jobtwin.cli.client import connect
    from jobtwin.cli.own_attempt import choose, newest_draft

    given, written = _answers(answers), _logs(logs)
    if source is not None and archive is not None:
        raise BadInput("your work is a repository or an archive: give --source or --archive")
    if source is None and archive is None and notes is None and artifact is None and not (given or written):
        raise BadInput("name what to save: --source, --archive, --artifact, --notes, --answer or --log")
    text = None if notes is None else _text(notes)
    client = connect()
    attempt = choose(client, attempt_id, only_open=True)
    if archive is not None:
        uploaded = client.upload(f"/attempts/{attempt['id']}/archive", archive)
        source, attempt = uploaded["source"], {**attempt, "draft_version": uploaded["draft_version"]}
        click.echo(one_line(f"uploaded {archive}, commit {uploaded['commit']}"), err=True)
    kept = newest_draft(client, attempt)
    body = {
        "base_version": kept["version"],
        "source": kept["source"] if source is None else source,
        "artifact": kept.get("artifact", "") if artifact is None else artifact,
        "notes": kept["notes"] if text is None else text,
        "answers": {**kept["answers"], **given},
        "logs": written,
    }
    saved = client.write("POST", f"/attempts/{attempt['id']}/drafts", body)
    if as_json:
        print_json(saved)
    else:
        draft = saved["draft"]
        click.echo(one_line(f"saved version {draft['version']} at {draft['saved_at']}"))


def _answers(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not check or word not in ("yes", "no") for check, _, word in pairs):
        raise BadInput("an answer is CHECK=yes or CHECK=no, such as --answer F1=yes")
    return {check: word for check, _, word in pairs}


def _logs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not window or not mark for window, mark, _ in pairs):
        raise BadInput("a log is WINDOW=TEXT or WINDOW=@FILE, such as --log live=@log.md")
    return {window: _text(text) for window, _, text in pairs}


def _text(given: str) -> str:
    """What was given, or what the file holds that it names after an @."""
    if not given.startswith("@"):
        return given
    path = Path(given[1:])
    try:
        data = path.read_bytes()[: MAX_NOTES_BYTES + 1]
        return data.decode()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not text in UTF-8") from error
