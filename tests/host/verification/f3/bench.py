"""A bench for F3 on small repositories in the real sandbox, with a client and cases to build them of."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jobtwin.core.check import CheckResult
from jobtwin.source.tree import MemoryTree
from jobtwin.verification.engine import MIB, Engine, Limits
from jobtwin.verification.events import Progress, ignore
from jobtwin.verification.f3.check import check_f3
from jobtwin.verification.settings import VerificationSettings
from jobtwin.verification.subject import Subject
from jobtwin.verification.workspace import work_folder

QUICK = Limits(
    cpu_seconds=15,
    wall_seconds=20,
    memory_bytes=256 * MIB,
    processes=64,
    disk_bytes=64 * MIB,
    inodes=2000,
    output_bytes=1 * MIB,
)

CLIENT = """
import json, os, urllib.request

def ask(question, **more):
    body = {"model": "any", "messages": [{"role": "user", "content": question}], **more}
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["choices"][0]["message"]["content"]
"""

HONEST = """
import json, pathlib, sys
from client import ask

cases = [json.loads(line) for line in pathlib.Path("evals/cases.jsonl").read_text().splitlines()]
results = [{"id": case["id"], "right": ask(case["question"]) == case["answer"]} for case in cases]
pathlib.Path("report.json").write_text(json.dumps({"results": results}))
print(sum(one["right"] for one in results), "of", len(results))
sys.exit(0 if all(one["right"] for one in results) else 1)
"""

CASES = "".join(
    json.dumps({"id": n, "question": f"{n} + {n}?", "answer": str(2 * n)}) + "\n" for n in range(5)
)


class Bench:
    """Runs F3 with quick limits."""

    def __init__(self, engine: Engine, settings: VerificationSettings) -> None:
        self._engine = engine
        self._settings = settings

    def check(self, tree: MemoryTree, *, limits: Limits = QUICK) -> CheckResult:
        settings = replace(self._settings, limits=limits)
        with work_folder(settings.work) as work:
            return check_f3(Subject(tree, self._engine, settings, Progress("F3", ignore, {}), work))

    def suite(
        self,
        body: str,
        *,
        limits: Limits = QUICK,
        toml: str = "",
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> CheckResult:
        """A repository whose evals/run.py is `body`, with a client and cases beside it."""
        texts = {"evals/run.py": textwrap.dedent(body), "evals/client.py": CLIENT, "evals/cases.jsonl": CASES}
        texts |= {"jobtwin.toml": toml} if toml else {}
        texts |= more
        return self.check(MemoryTree({path: text.encode() for path, text in texts.items()}), limits=limits)


def facts(result: CheckResult) -> Any:
    """The facts after a journey through JSON, as they are stored and printed."""
    return json.loads(json.dumps(result.as_json()))["facts"]
