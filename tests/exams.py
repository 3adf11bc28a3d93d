"""Briefs and scores that tests build."""

from decimal import Decimal

from hypothesis import strategies as st

from jobtwin.core.brief import Brief, parse_brief

STEPS = [Decimal(step) * Decimal("0.05") for step in range(21)]


def brief_document(**changes: object) -> dict[str, object]:
    """A small valid brief as plain data: two dimensions, two self-checks, two skills."""
    document: dict[str, object] = {
        "id": "small",
        "version": 1,
        "title": "A small exam",
        "kind": "capstone",
        "scenario": "Build something small.",
        "deliverables": [{"id": "repo", "title": "Repository", "text": "A repository with tests."}],
        "time_box_hours": 336,
        "submission_modes": ["repo_url"],
        "rubric": {
            "pass_mark": "0.75",
            "tolerance": "0.10",
            "dimensions": [dimension("quality", "0.60"), dimension("reflection", "0.40")],
        },
        "self_checks": [
            {"id": "F1", "question": "Do the tests pass?", "kind": "critical"},
            {"id": "F3", "question": "Do the evals run?", "kind": "reflective"},
        ],
        "skills": [
            {"id": "ops.design", "title": "Design", "ceiling": "1.00"},
            {"id": "safety.review", "title": "Security review", "ceiling": "0.90"},
        ],
    }
    return document | changes


def dimension(name: str, weight: str) -> dict[str, object]:
    """One dimension with a criterion of each kind of evidence."""
    return {
        "id": name,
        "title": name.capitalize(),
        "weight": weight,
        "tests": f"What {name} means.",
        "criteria": [
            {"id": f"{name}.tests", "text": "The test suite passes.", "evidence": "check", "check": "F1"},
            {
                "id": f"{name}.readme",
                "text": "A README is there.",
                "evidence": "probe",
                "probes": [{"kind": "files", "paths": ["README.md"]}],
            },
            {"id": f"{name}.prose", "text": "The text is honest.", "evidence": "prose"},
        ],
    }


def small_brief() -> Brief:
    """The brief of `brief_document`."""
    return parse_brief(brief_document())


def scores_for(brief: Brief, value: str) -> dict[str, Decimal]:
    """The same score in every dimension."""
    return {one.id: Decimal(value) for one in brief.rubric.dimensions}


def any_scores(brief: Brief) -> st.SearchStrategy[dict[str, Decimal]]:
    """Any scores on the grid for the dimensions of a brief."""
    return st.fixed_dictionaries({one.id: st.sampled_from(STEPS) for one in brief.rubric.dimensions})
