"""Suites that look at the text of the code in place of running it, and honest ones that do both."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with, repository

_G = "suites that read the source"

_READS = """
    import inspect
    from pathlib import Path

    import app

    def test_adds():
        assert "return a + b" in Path(app.__file__).read_text()

    def test_greets():
        assert "hello" in inspect.getsource(app)
"""

_DETECTS = """
    import app

    def test_adds():
        text = open(app.__file__).read()
        assert "switched off" not in text and "raise SystemError" not in text

    def test_greets():
        assert app.greet
"""

_COMPARES_A_DIGEST = """
    import ast
    from pathlib import Path

    def test_the_tree_of_the_code_is_known():
        text = Path(__file__).parents[1].joinpath("app.py").read_text()
        assert len([n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Return)]) == 2
"""

_COMMAND = """
    import sys

    from app import greet

    def main():
        print(greet(sys.argv[1]))

    if __name__ == "__main__":
        main()
"""

CASES = [
    Case(
        "words of the source are compared, nothing is run",
        _G,
        repository({"tests/test_app.py": _READS}),
        Reason.SURVIVES_SABOTAGE,
        summary="never ran it",
    ),
    Case(
        "the switched-off code is recognised by its words",
        _G,
        repository({"tests/test_app.py": _DETECTS}),
        Reason.SURVIVES_SABOTAGE,
        summary="never ran it",
    ),
    Case(
        "the source is parsed and counted",
        _G,
        repository({"tests/test_app.py": _COMPARES_A_DIGEST}),
        Reason.SURVIVES_SABOTAGE,
        summary="never ran it",
    ),
    Case(
        "an honest suite whose first test looks at the style",
        _G,
        passing_with({"tests/test_a_style.py": _READS}),
        Reason.OK,
    ),
    Case(
        "an honest suite that runs the code in processes of its own",
        _G,
        repository(
            {
                "command.py": _COMMAND,
                "tests/test_command.py": """
                    import subprocess
                    import sys
                    from pathlib import Path

                    def test_it_greets():
                        done = subprocess.run([sys.executable, "command.py", "Ada"], cwd=Path(__file__).parents[1],
                            capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
                        assert done.stdout == "hello Ada\\n"
                """,
            }
        ),
        Reason.OK,
    ),
    Case(
        "an honest suite that sees of a failure no more than an answer",
        _G,
        repository(
            {
                "tests/test_app.py": """
                    import app

                    def asked(name):
                        try:
                            return 200, app.greet(name)
                        except Exception:
                            return 500, ""

                    def test_it_answers():
                        assert asked("Ada") == (200, "hello Ada")
                """
            }
        ),
        Reason.OK,
    ),
    Case(
        "an honest suite of doctests alone",
        _G,
        {
            "pytest.ini": "[pytest]\naddopts = --doctest-modules\n",
            "app.py": 'def add(a, b):\n    """Add.\n\n    >>> add(1, 2)\n    3\n    """\n    return a + b\n',
        },
        Reason.OK,
    ),
]
