"""`jobtwin data`: takes everything along that the server keeps about its own person."""

from pathlib import Path

import click

from jobtwin.cli.output import print_json


@click.command(epilog="Example: jobtwin data --out my-data.zip")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("jobtwin-data.zip"), show_default=True,
    help="The archive; a file that is there already stays.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(out: Path, as_json: bool) -> None:
    """Download all of your data as one zip, readable by you alone. Needs a token with data:read."""
    from jobtwin.cli.client import connect

    size = connect().download("/data-export", out)
    if as_json:
        print_json({"file": str(out), "bytes": size})
    else:
        click.echo(f"{size} bytes are in {out}; manifest.json in it names the SHA-256 of every file")
