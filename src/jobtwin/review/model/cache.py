"""Cache: answers by content, so that a review goes on where it stopped and nothing is paid for twice.

A file holds no text of a submission but the model's note. It is written whole or not at all, and
read as strictly as a model's reply; a damaged one counts as missing.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from jobtwin.core.draft_review import Finding
from jobtwin.review.model.answer import Answer, plain
from jobtwin.review.model.prompt import MAX_CITED, MAX_NOTE

MAX_BYTES = 8192


@dataclass(frozen=True)
class AnswerCache:
    """A folder of answers, one file a key. Many reviews may use it at once."""

    folder: Path

    def get(self, key: str) -> Answer | None:
        """The answer that was kept under `key` (hex), or None."""
        try:
            with self._path(key).open("rb") as file:
                document = json.loads(file.read(MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return None
        return _parsed(document)

    def put(self, key: str, answer: Answer) -> None:
        """Keeps an answer. Raises OSError where the folder cannot be written."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        document = {"verdict": answer.verdict.value, "spans": list(answer.spans), "note": answer.note}
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
        part.write_text(json.dumps(document))
        part.replace(path)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _parsed(document: object) -> Answer | None:
    if not isinstance(document, dict) or document.keys() != {"verdict", "spans", "note"}:
        return None
    verdict, spans, note = document["verdict"], document["spans"], document["note"]
    if not isinstance(verdict, str) or verdict not in set(Finding):
        return None
    if not isinstance(spans, list) or len(spans) > MAX_CITED:
        return None
    if not all(type(one) is int and 0 <= one < 100 for one in spans) or not isinstance(note, str):
        return None
    return Answer(Finding(verdict), tuple(spans), plain(note[:MAX_NOTE]))
