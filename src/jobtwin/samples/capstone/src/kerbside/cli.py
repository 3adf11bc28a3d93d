"""The command line: `kerbside serve` and `kerbside route "..."`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence

import uvicorn

from kerbside.api import create_app
from kerbside.observability import log_to_stdout
from kerbside.routing import BadReport
from kerbside.settings import build_model, build_router, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (2: the input or a setting is wrong)."""
    parser = argparse.ArgumentParser(prog="kerbside", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer HTTP requests")
    commands.add_parser("route", help="decide about one report").add_argument("text")
    given = parser.parse_args(arguments)
    try:
        settings = read_settings(os.environ)
        model = build_model(settings)
        if given.command == "route":
            decision = build_router(model).route(given.text)
            print(json.dumps(decision.as_json(), indent=2))
            return 0
    except (BadReport, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    log_to_stdout()
    uvicorn.run(
        create_app(settings, model),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        limit_concurrency=100,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
