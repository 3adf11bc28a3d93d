"""pg_dump and pg_restore: the ones of this machine that are new enough for the server, with its address."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobtwin.config.embedded import wheel_programs
from jobtwin.core.errors import OutsideFailure

SECONDS = 6 * 3600
"""What a dump or a restore may take."""
_VERSION = re.compile(r"\) (\d+)")


def run_program(name: str, *arguments: str, address: Mapping[str, Any], server_major: int) -> None:
    """Runs a program of PostgreSQL against `address` (one of Django's DATABASES). Raises OutsideFailure."""
    done = subprocess.run(
        [str(find_program(name, server_major)), *arguments],
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **libpq_variables(address)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise OutsideFailure(f"{name} failed: {done.stderr.strip()[-500:]}", retry=False)


def find_program(name: str, server_major: int) -> Path:
    """The program, of the server's version or newer: of the path, else of the embedded server's package."""
    candidates = [Path(found)] if (found := shutil.which(name)) else []
    candidates += [folder / name for folder in wheel_programs()]
    for one in candidates:
        if _major(one) >= server_major:
            return one
    raise OutsideFailure(
        f"{name} {server_major} or newer is not installed: apt-get install postgresql-client-{server_major}",
        retry=False,
    )


def libpq_variables(address: Mapping[str, Any]) -> dict[str, str]:
    """The address as libpq's variables: a password never stands in a list of processes."""
    options = address.get("OPTIONS", {})
    named = {
        "PGHOST": address.get("HOST") or options.get("host"),
        "PGPORT": address.get("PORT") or options.get("port"),
        "PGUSER": address.get("USER"),
        "PGPASSWORD": address.get("PASSWORD"),
        "PGDATABASE": address.get("NAME"),
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
    }
    return {name: str(value) for name, value in named.items() if value}


def _major(program: Path) -> int:
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = _VERSION.search(said.stdout)
    return int(found[1]) if found else 0
