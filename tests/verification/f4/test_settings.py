"""Limits of F4."""

from dataclasses import fields
from pathlib import Path

from jobtwin.verification.f4.settings import ArtifactLimits


def test_every_limit_is_documented_with_its_default() -> None:
    page = (Path(__file__).parents[3] / "docs/evals-and-artifact.md").read_text()
    section = page.split("| limit (`ArtifactLimits`)")[1]
    for one in fields(ArtifactLimits):
        assert f"`{one.name}`" in section
