"""`jobtwin login`: keeps a server's address and a token, in a file that nobody else can read."""

import json
import os
import sys
from pathlib import Path

import click

from jobtwin.cli.output import one_line, print_json
from jobtwin.core.errors import BadInput

FILE = "login.json"
MAX_BYTES = 10_000


@click.command(epilog="Example: jobtwin login https://exam.example.org")
@click.argument("url")
@click.option(
    "--token",
    help="The token (default: asked for, unseen); - reads a line of standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def command(url: str, token: str | None, as_json: bool) -> None:
    """Log in to the server at URL with a token of its page /account/tokens.

    The token is tried first, then kept in the configuration folder (mode 600).
    """
    from jobtwin.cli.client import Client, require_server

    server = require_server(url)
    text = _token(token)
    me = Client.at(server, text).get("/me")
    path = write_login(server, text)
    if as_json:
        print_json({"server": server, "file": str(path), **me})
    else:
        who = one_line(f"{me['name'] or me['email']} ({', '.join(me['roles'])})")
        click.echo(f"logged in to {server} as {who}; the token is valid until {one_line(me['expires_at'])}")


def login_file() -> Path:
    """Where the login is kept."""
    return Path(click.get_app_dir("jobtwin")) / FILE


def write_login(server: str, token: str) -> Path:
    """Keeps a login as a whole or not at all; the file is at no time readable by others."""
    path = login_file()
    fresh = path.with_name(f".{FILE}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"server": server, "token": token}, file)
        fresh.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
    return path


def read_login() -> tuple[str, str]:
    """Address and token. Raises BadInput where nobody logged in, or others can read the file."""
    path = login_file()
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            kept = json.loads(file.read(MAX_BYTES))
            server, token = str(kept["server"]), str(kept["token"])
    except FileNotFoundError as error:
        raise BadInput("log in first: jobtwin login URL") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} cannot be used; log in again: jobtwin login URL") from error
    if mode & 0o077:
        raise BadInput(
            f"{path} can be read by others (mode {mode & 0o777:o}); revoke its token and log in again",
            code="open_permissions",
        )
    return server, token


def _token(given: str | None) -> str:
    if given is None:
        given = str(click.prompt("Token", hide_input=True, err=True))
    text = (sys.stdin.readline() if given == "-" else given).strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise BadInput("a token is a word that begins with jt_")
    return text
