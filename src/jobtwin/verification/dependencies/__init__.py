"""Dependencies of a submission: read as data, fetched outside, never run on the host."""

from jobtwin.verification.dependencies.environment import Environment, build_environment
from jobtwin.verification.dependencies.eviction import evict_environments
from jobtwin.verification.dependencies.failure import DependencyFailure
from jobtwin.verification.dependencies.installing import install_command, metadata_command
from jobtwin.verification.dependencies.metadata import Plugin
from jobtwin.verification.dependencies.plan import (
    ManifestLimits,
    Pin,
    Plan,
    Project,
    Refusal,
    Requirement,
    Tier,
)
from jobtwin.verification.dependencies.planning import build_plan, plan_requirements, plan_with_metadata
from jobtwin.verification.dependencies.settings import EnvironmentSettings

__all__ = [
    "DependencyFailure",
    "Environment",
    "EnvironmentSettings",
    "ManifestLimits",
    "Pin",
    "Plan",
    "Plugin",
    "Project",
    "Refusal",
    "Requirement",
    "Tier",
    "build_environment",
    "build_plan",
    "evict_environments",
    "install_command",
    "metadata_command",
    "plan_requirements",
    "plan_with_metadata",
]
