"""Small submissions as trees, and what a plan says of them."""

from jobtwin.source.tree import MemoryTree
from jobtwin.verification.dependencies import Plan, Tier, plan_requirements


def tree(files: dict[str, str | bytes], **modes: str) -> MemoryTree:
    """A tree of texts; `modes` maps a path with `_` for `.` to a git mode."""
    content = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    return MemoryTree(content, modes=modes)


def plan_of(files: dict[str, str | bytes], *, subfolder: str = "") -> Plan:
    return plan_requirements(tree(files), subfolder=subfolder)


def texts(plan: Plan, *tiers: Tier) -> list[str]:
    """The requirements of these tiers (all but the build's where none is named), in order."""
    wanted = tiers or (Tier.NEEDED, Tier.OPTIONAL)
    return [one.text for one in plan.requirements if one.tier in wanted]


def refusals(plan: Plan) -> list[str]:
    return [str(one) for one in plan.refusals]
