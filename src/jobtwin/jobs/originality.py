"""Originality of a submission: fingerprints against the cohort and the starter, history, questions to ask."""

import os
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from jobtwin.core.errors import BadSource
from jobtwin.core.evidence import Span
from jobtwin.review.files import Files
from jobtwin.review.originality.history import history_facts, parse_commit
from jobtwin.review.originality.prints import Print, prints_of
from jobtwin.review.originality.shared import Place, places_of
from jobtwin.review.originality.viva import viva_questions
from jobtwin.services.originality import record_fingerprints, record_originality, record_similarity
from jobtwin.source.tree import MemoryTree, Tree
from jobtwin.store.clock import database_now
from jobtwin.store.models import DraftReviewRecord, Submission
from jobtwin.store.platform import artefacts
from jobtwin.store.queries.originality import Shared, shared_with

STARTERS = "JOBTWIN_STARTERS"
MAX_STARTER_FILES = 5_000
MAX_STARTER_BYTES = 1024 * 1024


def compare_submission(submission_id: UUID) -> None:
    """Takes fingerprints, finds what is shared, and records facts; twice gives the same rows."""
    submission = Submission.objects.select_related("attempt__brief_version").get(pk=submission_id)
    try:
        repository = artefacts().open(submission.pk, submission.commit)
    except BadSource:
        return
    brief_id = submission.attempt.brief_id
    with repository:
        files = Files(repository)
        starter = _starter_hashes(brief_id)
        taken = prints_of(files)
        own = [one for one in taken if one.hash not in starter]
        hashes = [one.hash for one in own]
        record_fingerprints(submission=submission, brief_id=brief_id, hashes=hashes, now=database_now())
        places: list[Place] = []
        for shared in shared_with(submission=submission, brief_id=brief_id, hashes=hashes):
            places += _keep_pair(submission, (files, own), shared)
        commit = parse_commit(repository.commit_object())
        document = {
            "history": history_facts(
                commit, started=submission.attempt.started_at, submitted=submission.submitted_at
            ),
            "questions": [
                one.as_json() for one in viva_questions(files, _cited(submission), [p.mine for p in places])
            ],
            "prints": len(taken),
            "starter": len(taken) - len(own),
        }
    record_originality(submission=submission, document=document, now=database_now())


def _keep_pair(submission: Submission, mine: tuple[Files, list[Print]], shared: Shared) -> list[Place]:
    other = Submission.objects.get(pk=shared.submission)
    try:
        repository = artefacts().open(other.pk, other.commit)
    except BadSource:
        return []
    with repository:
        theirs = Files(repository)
        places = places_of(mine, (theirs, prints_of(theirs)), shared.hashes)
    record_similarity(
        submission=submission,
        other=other.pk,
        shared=len(shared.hashes),
        places=[place.as_json() for place in places],
        now=database_now(),
    )
    return list(places)


def _cited(submission: Submission) -> Mapping[str, list[Span]]:
    """Spans that the draft cites for criteria that are met."""
    record = DraftReviewRecord.objects.filter(submission=submission).first()
    found: dict[str, list[Span]] = {}
    for dimension in record.document.get("dimensions", ()) if record else ():
        for one in dimension["criteria"]:
            if one["verdict"] == "met":
                found[one["id"]] = [Span(c["path"], c["line_start"], c["line_end"]) for c in one["citations"]]
    return found


def _starter_hashes(brief_id: str) -> frozenset[int]:
    """Fingerprints of what every learner was given: the folder of the brief below JOBTWIN_STARTERS."""
    folder = os.environ.get(STARTERS)
    if not folder or not (root := Path(folder) / brief_id).is_dir():
        return frozenset()
    return frozenset(one.hash for one in prints_of(Files(_folder_tree(root))))


def _folder_tree(root: Path) -> Tree:
    contents: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")):
        small = path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_STARTER_BYTES
        if small and len(contents) < MAX_STARTER_FILES:
            contents[path.relative_to(root).as_posix()] = path.read_bytes()
    return MemoryTree(contents)
