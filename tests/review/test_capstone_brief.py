"""The built-in brief says what the exam says, in figures."""

from datetime import timedelta
from decimal import Decimal

from jobtwin.core.brief import parse_brief
from jobtwin.core.criterion import AnyProbe, Criterion, DocumentProbe
from jobtwin.review.globs import matches
from jobtwin.source.brief import built_in_brief

BRIEF = built_in_brief("capstone")


def test_its_figures_are_those_of_the_exam() -> None:
    assert BRIEF.time_box == timedelta(days=14)
    assert BRIEF.sla == timedelta(hours=168)
    assert BRIEF.submission_modes == ("repo_url",)
    assert BRIEF.re_attempts == "none"
    assert BRIEF.rubric.pass_mark == Decimal("0.75")
    assert [(d.id, d.weight) for d in BRIEF.rubric.dimensions] == [
        ("problem_framing", Decimal("0.15")),
        ("system_design", Decimal("0.20")),
        ("production_quality", Decimal("0.20")),
        ("evals_coverage", Decimal("0.15")),
        ("security_posture", Decimal("0.10")),
        ("reflection", Decimal("0.10")),
        ("polish", Decimal("0.10")),
    ]
    assert [(check.id, check.kind) for check in BRIEF.self_checks] == [
        ("F1", "critical"),
        ("F2", "critical"),
        ("F3", "reflective"),
        ("F4", "reflective"),
    ]
    assert [(skill.id, skill.ceiling) for skill in BRIEF.skills] == [
        ("llm.ops.system-design", Decimal("1.00")),
        ("llm.evals.dataset-design", Decimal("1.00")),
        ("llm.safety.security-review", Decimal("0.90")),
        ("llm.api.production-readiness", Decimal("1.00")),
    ]
    assert len(BRIEF.deliverables) == 5


def test_it_has_35_to_50_criteria_and_each_self_check_decides_one() -> None:
    assert 35 <= len(BRIEF.criteria()) <= 50
    assert sorted(c.check for c in BRIEF.criteria() if c.check) == ["F1", "F2", "F3", "F4"]
    assert all(len(dimension.criteria) >= 5 for dimension in BRIEF.rubric.dimensions)


def test_it_reads_itself_back_with_the_same_digest() -> None:
    assert parse_brief(BRIEF.as_json()).digest == BRIEF.digest


PUBLISHED = {
    3: "sha256:c2534180308cf6201568afc59c4b98620c664cd39cdcc10dd39e2e4007f95113",
    4: "sha256:e0514d1b35bac23b0cffbd53c4be65629d1e985445460a3f621a20d2c61f2814",
    5: "sha256:f77aed23400b68f241c858f39ae11d41f993035fc571bed891d01391b0827896",
    6: "sha256:c75d5fea30f9ec726d5c63a5b1e9e8d7ca0bbdf2c2034e4c67af97a62716803b",
    7: "sha256:c5fdbb65a7b8bfdac9a2cebf80ae7f677433fa485997310c3f5ab637804b05a1",
}
"""The digest of each version; a content that changes is a new version."""


def test_its_content_stays_the_one_of_its_version() -> None:
    assert PUBLISHED[BRIEF.version] == BRIEF.digest, (
        "raise `version` in capstone.yaml and add its digest here"
    )


def test_design_is_looked_for_in_the_folders_that_teams_keep_it_in() -> None:
    criteria = {criterion.id: criterion for criterion in BRIEF.criteria()}
    for name in ("design.architecture", "design.decisions"):
        globs = tuple(glob for probe in _documents(criteria[name]) for glob in probe.paths)
        assert matches(globs, "design-docs/overview.md")
        assert matches(globs, "design/2026/queue.md")


def test_prose_alone_raises_nothing_in_production_evals_and_security() -> None:
    """A document there must also name files of the tree that exist and hold something."""
    hardened = {"production_quality", "evals_coverage", "security_posture"}
    criteria = [c for d in BRIEF.rubric.dimensions if d.id in hardened for c in d.criteria]
    loose = [c.id for c in criteria for probe in _documents(c) if probe.names_files == 0]
    assert criteria
    assert loose == []


def _documents(criterion: Criterion) -> list[DocumentProbe]:
    flat = [one for p in criterion.probes for one in (p.of if isinstance(p, AnyProbe) else (p,))]
    return [probe for probe in flat if isinstance(probe, DocumentProbe)]
