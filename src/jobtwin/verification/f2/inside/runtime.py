"""Tightens what the builder asks of runc for a RUN step: no control groups inside, no new
privileges, and only the capabilities that installing software takes.

The builder mounts the step's own control groups, writable, and has no option against it. It calls a small
script in runc's place (`WRAPPER`), which has this module change the bundle before the step is made.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

KEPT = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETGID", "CAP_SETUID")

WRAPPER = """#!/bin/sh
case " $* " in *" create "*) /usr/bin/python3 -I -S -B /code/inside/runtime.py "$@" || exit 1 ;; esac
exec runc "$@"
"""


def tighten(config: dict[str, Any]) -> dict[str, Any]:
    """The bundle's configuration without what a step does not need."""
    config["mounts"] = [
        one
        for one in config["mounts"]
        if one.get("type") not in {"cgroup", "cgroup2"}
        and not one["destination"].startswith("/sys/fs/cgroup")
    ]
    process = config["process"]
    process["noNewPrivileges"] = True
    given = process.get("capabilities", {})
    process["capabilities"] = {name: [one for one in held if one in KEPT] for name, held in given.items()}
    return config


def main(arguments: list[str]) -> None:
    """Changes config.json of the bundle that the arguments name."""
    bundle = next(value for name, value in pairwise(arguments) if name in {"--bundle", "-b"})
    path = Path(bundle, "config.json")
    path.write_text(json.dumps(tighten(json.loads(path.read_text()))))


if __name__ == "__main__":
    main(sys.argv[1:])
