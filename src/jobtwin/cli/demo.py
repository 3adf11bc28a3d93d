"""`jobtwin demo`: one whole exam in the terminal, with a real worker process."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from jobtwin.cli.output import one_line
from jobtwin.config.environment import Environment, read_environment
from jobtwin.core.errors import BadInput, Conflict

SAMPLE = "sample"


@click.command(epilog="Example: jobtwin demo --repo https://example.org/team/capstone.git --out result")
@click.option("--repo", help="A local git repository or https address (default: the packaged sample).")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the credential, report and ledgers.")
@click.option(
    "--bundle", type=click.Path(path_type=Path, dir_okay=False), help="File for the evidence bundle."
)
@click.option("--once", is_flag=True, default=True, help="End when the exam is over (the default).")
def command(
    repo: str | None,
    out: Path | None,
    bundle: Path | None,
    once: bool,  # noqa: ARG001  the only way it runs
) -> None:
    """Play one whole exam: start, drafts, submit, verify, review, two mentors, credential.

    It runs on an embedded database of its own, made anew each time. The mentors are played by a fixed
    rule: each dimension gets the share of its criteria that the draft does not refute; the second mentor
    is a step stricter.
    """
    if out is not None:
        _require_empty(out)
    environment = _own_environment(repo)
    with _alone(environment):
        from jobtwin.config.database import setup_django, start_database, stop_database

        setup_django()
        _start_afresh(environment)
        start_database()
        try:
            from jobtwin.cli.exam import play

            play(source=_source(repo), out=out, bundle=bundle, say=Steps())
        finally:
            stop_database()


class Steps:
    """Prints each step with the seconds since the start."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._start = clock, clock()

    def __call__(self, text: str, *details: str) -> None:
        click.echo(f"{self._clock() - self._start:6.1f} s  {one_line(text)}")
        for detail in details:
            click.echo(f"          {one_line(detail)}")


def _require_empty(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        filled = any(out.iterdir())
    except OSError as error:
        raise BadInput(f"cannot write to {out}: {error.strerror}") from error
    if filled:
        raise BadInput(f"{out} is not empty; choose another folder")


def _own_environment(repo: str | None) -> Environment:
    """Settings of the demo: a home and keys of its own, and the named repository as an allowed source."""
    from jobtwin.cli.sample import make_sample

    base = read_environment()
    if base.production:
        raise BadInput("the demo does not run in production mode")
    home = base.home / "demo"
    os.environ |= {"JOBTWIN_HOME": str(home), "JOBTWIN_KEYS": str(base.keys.with_name("demo-keys"))}
    for name in ("DATABASE_URL", "JOBTWIN_OWNER_DATABASE_URL"):
        os.environ.pop(name, None)
    if repo is None:
        make_sample(home / SAMPLE)
        os.environ["JOBTWIN_LOCAL_SOURCES"] = f"{SAMPLE}={home / SAMPLE}"
    elif _is_local(repo):
        os.environ["JOBTWIN_LOCAL_SOURCES"] = f"submission={_local_path(repo)}"
    return read_environment()


def _source(repo: str | None) -> str:
    if repo is None:
        return f"local:{SAMPLE}"
    return "local:submission" if _is_local(repo) else repo


def _is_local(repo: str) -> bool:
    from jobtwin.source.address import TERMINAL, parse_source

    return parse_source(repo, TERMINAL).kind == "local"


def _local_path(repo: str) -> str:
    from jobtwin.source.address import TERMINAL, parse_source

    location = parse_source(repo, TERMINAL).location
    if "," in location:
        raise BadInput("the path of the repository holds a comma; move it")
    return location


def _start_afresh(environment: Environment) -> None:
    """Removes what an earlier demo left: its database (a killed one's server too) and its artefacts."""
    from jobtwin.config.embedded import EmbeddedServer

    EmbeddedServer(environment.database_folder).stop()
    for left in (environment.database_folder / "data", environment.artefacts):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _alone(environment: Environment) -> Iterator[None]:
    """One demo at a time on this machine's demo home."""
    environment.home.mkdir(parents=True, exist_ok=True)
    with (environment.home / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("another demo is running on this machine; wait for its end") from error
        yield
