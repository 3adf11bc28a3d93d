"""Python counts where something reaches it, where its value goes somewhere, and where a test can fail."""

import pytest

from jobtwin.core.criterion import PythonProbe
from jobtwin.core.draft_review import Finding
from jobtwin.review.files import Files
from jobtwin.review.probes import Prober
from tests.review.trees import tree

MET, NOT_MET = Finding.MET, Finding.NOT_MET
Given = dict[str, str | bytes]
LOGS = PythonProbe(kind="python", calls=("logging.info",))
LOG = "import logging\n\n\n"
START = "import app.a\n\nprint(app.a.go(3))\n"


def finding(probe: PythonProbe, files: Given) -> Finding:
    return Prober(Files(tree(files))).evaluate(probe).finding


def logs(code: str, start: str = START, **more: str) -> Finding:
    return finding(LOGS, {"app/a.py": LOG + code, "app/main.py": start, **more})


GO = "def go(n):\n    return n\n\n\n"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("def go(n):\n    logging.info('n')\n", MET),
        ("def go(n):\n    return inner(n)\n\n\ndef inner(n):\n    logging.info('n')\n", MET),
        (GO + "def never():\n    logging.info('n')\n", NOT_MET),
        (GO + "def never():\n    other()\n\n\ndef other():\n    logging.info('n')\n", NOT_MET),
        (GO + "def one():\n    two()\n\n\ndef two():\n    logging.info('n')\n    one()\n", NOT_MET),
        (GO + "@app.get('/a')\ndef a():\n    logging.info('n')\n", MET),
        (GO + "@cache\ndef never():\n    logging.info('n')\n", NOT_MET),
        (GO + "class A(Base):\n    def emit(self):\n        logging.info('n')\n", MET),
        (GO + "class A:\n    def emit(self):\n        logging.info('n')\n", NOT_MET),
        (GO + "class A:\n    def __init__(self):\n        logging.info('n')\n\n\nA()\n", MET),
        (GO + "TASKS = {'a': 'app.a.later'}\n\n\ndef later():\n    logging.info('n')\n", MET),
        (GO + "__all__ = ['never']\n\n\ndef never():\n    logging.info('n')\n", NOT_MET),
        (GO + "for _ in []:\n    logging.info('n')\n", NOT_MET),
        (GO + "for _ in range(0):\n    logging.info('n')\n", NOT_MET),
        (GO + "if 1 == 2:\n    logging.info('n')\n", NOT_MET),
        (GO + "if not True:\n    logging.info('n')\n", NOT_MET),
        (GO + "if True:\n    pass\nelse:\n    logging.info('n')\n", NOT_MET),
        (GO + "False and logging.info('n')\n", NOT_MET),
        (GO + "import sys\n\nsys.exit()\nlogging.info('n')\n", NOT_MET),
    ],
)
def test_a_function_counts_where_something_calls_it(code: str, wanted: Finding) -> None:
    assert logs(code) is wanted


def test_a_module_counts_where_the_service_imports_it() -> None:
    code = "logging.info('n')\n"
    assert logs(code) is MET
    assert logs(code, "print(1)\n") is NOT_MET
    assert logs(code, "import importlib\n\nimportlib.import_module(NAME)\n") is MET
    assert logs(code, "print(1)\n", Dockerfile="CMD python -m app.a\n") is MET
    assert logs(code, "print(1)\n", Dockerfile="# app.a\n") is NOT_MET
    assert logs(code + "if __name__ == '__main__':\n    pass\n", "print(1)\n") is MET


def test_in_a_library_tests_are_callers() -> None:
    library: Given = {"lib/a.py": LOG + "def go(n):\n    logging.info('n')\n", "lib/b.py": "X = 1\n"}
    assert finding(LOGS, library) is NOT_MET
    tests: Given = {"tests/test_a.py": "from lib.a import go\n\n\ndef test_it():\n    assert go(1)\n"}
    assert finding(LOGS, library | tests) is MET
    assert finding(LOGS, library | tests | {"lib/main.py": "print(1)\n"}) is NOT_MET


SETTINGS = PythonProbe(kind="python", calls=("getenv",), reads=("os.environ",))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("os.getenv('A')\n", NOT_MET),
        ("UNUSED = os.environ['A']\n", NOT_MET),
        ("os.environ.get('A')\n", NOT_MET),
        ("USED = os.environ['A']\nrun(USED)\n", MET),
        ("class Settings:\n    key = os.environ['A']\n\n\nrun(Settings().key)\n", MET),
        ("run(os.getenv('A'))\n", MET),
        ("def f():\n    a = os.getenv('A')\n\n\nf()\n", NOT_MET),
        ("def f():\n    return os.getenv('A')\n\n\nf()\n", MET),
    ],
)
def test_a_setting_counts_where_it_is_read(code: str, wanted: Finding) -> None:
    assert finding(SETTINGS, {"app/a.py": f"import os\n\n{code}"}) is wanted


def test_a_setting_that_another_module_reads_counts() -> None:
    kept: Given = {"app/a.py": "import os\n\nKEY = os.environ['A']\n", "app/b.py": "from app.a import KEY\n"}
    assert finding(SETTINGS, kept) is NOT_MET
    assert finding(SETTINGS, {**kept, "app/b.py": "from app import a\n\nrun(a.KEY)\n"}) is MET


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        ("from slowapi import Limiter\n\nlimiter = Limiter(key)\n", MET),
        ("class Limiter:\n    def limit(self, f):\n        return f\n\n\nlimiter = Limiter()\n", NOT_MET),
        ("from types import SimpleNamespace\n\nlimiter = SimpleNamespace(limit=print)\n", NOT_MET),
        ("limiter = lambda rate: None\n", NOT_MET),
    ],
)
def test_a_hollow_thing_of_a_known_name_is_not_that_thing(made: str, wanted: Finding) -> None:
    probe = PythonProbe(kind="python", calls=("limiter.*",))
    code = f"{made}\n\n@app.get('/a')\n@limiter.limit('5/minute')\ndef a():\n    return go()\n"
    assert finding(probe, {"app/a.py": code}) is wanted


SCORES = PythonProbe(kind="python", paths=("evals/*.py",), defines=("*score*",))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("return answer == wanted", MET),
        ("return {'exact': answer == wanted}", MET),
        ("return random.random()", NOT_MET),
        ("return len(answer) >= 0", NOT_MET),
        ("if answer:\n        return 1.0\n    return 1.0", NOT_MET),
        ("return answer", NOT_MET),
        ("return {'exact': 1}", NOT_MET),
    ],
)
def test_a_scorer_looks_at_the_answer(body: str, wanted: Finding) -> None:
    code = f"def score(answer, wanted):\n    {body}\n\n\nprint(score(ask(), 'a'))\n"
    assert finding(SCORES, {"evals/run.py": code}) is wanted


def test_a_scorer_is_called() -> None:
    code = "def score(answer, wanted):\n    return answer == wanted\n"
    assert finding(SCORES, {"evals/run.py": code}) is NOT_MET
    assert finding(SCORES, {"evals/run.py": "@scorer()\n" + code}) is MET


REFUSES = PythonProbe(kind="python", paths=("tests/*.py",), defines=("test_*",))
GUARD = "from app.guard import guard\n\n\n"
TEST = "def test_injection_is_refused():\n    "


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (GUARD + TEST + "assert guard('x') is False\n", MET),
        (GUARD + TEST + "found = guard('x')\n    assert found == 3\n", MET),
        (GUARD + TEST + "assert guard('x') or True\n", NOT_MET),
        (GUARD + TEST + "assert (guard('x'), 'refused')\n", NOT_MET),
        (GUARD + TEST + "assert len(guard('x')) >= 0\n", NOT_MET),
        (GUARD + TEST + "return\n    assert guard('x')\n", NOT_MET),
        (
            GUARD + TEST + "try:\n        assert guard('x')\n    except AssertionError:\n        pass\n",
            NOT_MET,
        ),
        (
            GUARD
            + TEST
            + "try:\n        guard('x')\n    except ValueError:\n        return\n    assert guard\n",
            MET,
        ),
        (GUARD + "@pytest.mark.skip\n" + TEST + "assert guard('x')\n", NOT_MET),
        (GUARD + "@pytest.mark.skipif(True, reason='')\n" + TEST + "assert guard('x')\n", NOT_MET),
        (GUARD + "@pytest.mark.skipif(WINDOWS, reason='')\n" + TEST + "assert guard('x')\n", MET),
        (GUARD + TEST + "pytest.skip('later')\n    assert guard('x')\n", NOT_MET),
        ("from unittest.mock import Mock\n\n\n" + TEST + "assert Mock(return_value=1)('x')\n", NOT_MET),
        ("from unittest.mock import Mock\n\n\n" + TEST + "g = Mock()\n    assert g('x') is False\n", NOT_MET),
        ("import json\n\n\n" + TEST + "assert json.loads('1') == 1\n", NOT_MET),
        ("import subprocess\n\n\n" + TEST + "assert subprocess.run(['app']).returncode == 1\n", MET),
        (TEST.replace("()", "(client)") + "assert client.get('/').status_code == 403\n", MET),
        (TEST.replace("()", "(tmp_path)") + "assert tmp_path.exists()\n", NOT_MET),
        (TEST.replace("()", "(client)") + "assert 1 + 1 == two\n", NOT_MET),
    ],
)
def test_a_test_can_fail_and_looks_at_the_service(code: str, wanted: Finding) -> None:
    assert finding(REFUSES, {"tests/test_a.py": code}) is wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("model_config = {'extra': 'allow'}", NOT_MET),
        ("given: Any", NOT_MET),
        ("given: dict[str, Any]", NOT_MET),
        ("text: str", MET),
        ("items: list[Item]", MET),
    ],
)
def test_a_schema_says_what_it_takes(fields: str, wanted: Finding) -> None:
    code = f"class A(BaseModel):\n    {fields}\n\n\n@app.post('/a')\ndef a(given: A):\n    return go(given)\n"
    assert finding(PythonProbe(kind="python", takes=("BaseModel",)), {"app/a.py": code}) is wanted


def test_a_health_route_that_only_fails_is_none() -> None:
    probe = PythonProbe(kind="python", routes=("^/healthz$",))
    route = "@app.get('/healthz')\ndef healthz():\n    {}\n"
    assert finding(probe, {"app/a.py": route.format("return {'status': 'ok'}")}) is MET
    assert finding(probe, {"app/a.py": route.format("raise RuntimeError('never')")}) is NOT_MET


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("def use(value):\n    return None\n\n\nuse(os.environ['A'])\n", NOT_MET),
        ("KEY = os.environ['A']\nprint('key', KEY)\n", NOT_MET),
        ("KEY = os.environ['A']\nlogging.info(KEY)\n", NOT_MET),
        ("KEY = os.environ['A']\nprint(KEY)\nrun(KEY)\n", MET),
    ],
)
def test_a_setting_that_is_only_shown_or_given_to_nothing_is_not_used(code: str, wanted: Finding) -> None:
    assert finding(SETTINGS, {"app/a.py": f"import os\n\n{code}"}) is wanted


def test_what_is_imported_from_the_tree_is_judged_by_what_stands_there() -> None:
    guard = (
        "from app.guard import guard\n\n\ndef test_injection_is_refused():\n    assert guard('x') == 'no'\n"
    )
    files: Given = {"tests/test_a.py": guard, "app/guard.py": "def guard(text):\n    return 'no'\n"}
    assert finding(REFUSES, files) is NOT_MET
    acts = "def guard(text):\n    return 'no' if 'x' in text else text\n"
    assert finding(REFUSES, {**files, "app/guard.py": acts}) is MET


def test_a_handler_of_what_cannot_fail_is_never_reached() -> None:
    code = "try:\n    {}\nexcept ZeroDivisionError:\n    logging.info('n')\n"
    assert finding(LOGS, {"app/a.py": LOG + code.format("pass")}) is NOT_MET
    assert finding(LOGS, {"app/a.py": LOG + code.format("run()")}) is MET


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("limiter = Limiter(default_limits=LIMITS)\n", NOT_MET),
        ("limiter = Limiter(default_limits=LIMITS)\napp.state.limiter = limiter\n", MET),
    ],
)
def test_a_thing_that_nobody_uses_does_nothing(code: str, wanted: Finding) -> None:
    probe = PythonProbe(kind="python", keywords=("Limiter.default_limits",))
    assert finding(probe, {"app/a.py": f"from slowapi import Limiter\n\n{code}"}) is wanted


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("/healthz", "return Response(status_code=503)", NOT_MET),
        ("/healthz", "return {'status': 'down'}, 500", NOT_MET),
        ("/healthz", "return {'status': 'ok'}, 200", MET),
        ("/metrics", "return 'requests 1'", NOT_MET),
        ("/metrics", "return generate_latest()", MET),
    ],
)
def test_a_route_answers_with_more_than_an_error_or_a_constant(path: str, body: str, wanted: Finding) -> None:
    probe = PythonProbe(kind="python", routes=("^/healthz$", "^/metrics$"))
    assert finding(probe, {"app/a.py": f"@app.get('{path}')\ndef a():\n    {body}\n"}) is wanted
