"""`jobtwin images`: the base images that a submission's container may be built from."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from jobtwin.cli.output import one_line, print_json

if TYPE_CHECKING:
    from jobtwin.verification.f2.images import ImageStore

MIB = 1024 * 1024


@click.group(epilog="Example: jobtwin images list")
def command() -> None:
    """Add, list and remove base images (folder: JOBTWIN_IMAGES); nothing is ever pulled."""


@command.command(epilog="Example: jobtwin images add python:3.11-slim-bookworm ./layout")
@click.argument("name")
@click.argument("source")
def add(name: str, source: str) -> None:
    """Add SOURCE under NAME: an OCI layout, an archive of an image, a root file system, or a stored name.

    A root file system is a folder or a tar archive; with the name of a stored image NAME becomes
    another name of it. Whoever adds an image vouches for what it holds.
    """
    from jobtwin.verification.f2.images import require_name

    reference = require_name(name)
    image = _store().add(name, source, now=datetime.now(UTC))
    click.echo(f"{reference.familiar}  {image.id[:12]}  {image.size / MIB:.0f} MiB")


@command.command("list", epilog="Example: jobtwin images list --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
def list_images(as_json: bool) -> None:
    """List every base image with its names, size and Python."""
    from dataclasses import asdict

    from jobtwin.verification.f2.reference import parse_reference

    images = _store().images()
    if as_json:
        print_json([asdict(image) for image in images])
        return
    for image in images:
        names = ", ".join(parse_reference(name).familiar for name in image.names)
        python = f"Python {image.python}" if image.python else "no Python"
        click.echo(one_line(f"{image.id[:12]}  {image.size / MIB:.0f} MiB  {python}  {names}"))


@command.command(epilog="Example: jobtwin images remove python:3.11-slim-bookworm")
@click.argument("name")
def remove(name: str) -> None:
    """Take NAME away; the image goes with its last name."""
    from jobtwin.verification.f2.images import require_name

    reference = require_name(name)
    left = _store().remove(name)
    more = f"; the image keeps {len(left.names)} other name(s)" if left.names else " with its image"
    click.echo(f"removed {reference.familiar}{more}")


def _store() -> "ImageStore":
    from jobtwin.verification.f2.images import ImageStore
    from jobtwin.verification.f2.settings import ContainerSettings
    from jobtwin.verification.settings import VerificationSettings

    cache = VerificationSettings.from_environment(os.environ).cache
    return ImageStore(ContainerSettings.from_environment(os.environ, cache=cache).images)
