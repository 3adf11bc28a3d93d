"""Forged results by what is committed beside the source: bytecode, compiled modules, archives, start-up files."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

import importlib.util
import io
import marshal
import textwrap
import zipfile

import pytest

from jobtwin.core.check import Reason
from tests.attacks.case import APP, BAD, GOOD, Case, failing_with, passing_with, repository

_G = "forged results: bytecode and archives"

_UNCHECKED, _CHECKED = 0b01, 0b11
_WRONG_APP = APP.replace("a + b", "a - b")
_HOOK = textwrap.dedent(
    """
    import pytest

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(item, call):
        outcome = yield
        if item.name == "test_wrong":
            outcome.get_result().outcome = "passed"
    """
)


def _bytecode(text: str, path: str, *, of: bytes, flags: int) -> bytes:
    """A compiled file (PEP 552) that claims to be made of the source `of`."""
    code = marshal.dumps(compile(text, f"/w/{path}", "exec"))
    claim = importlib.util.source_hash(of)
    return importlib.util.MAGIC_NUMBER + flags.to_bytes(4, "little") + claim + code


def _archive(text: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("hooks.py", text)
    return written.getvalue()


_TESTS = repository({"tests/test_app.py": BAD})["tests/test_app.py"]
_MENDED_TESTS = _bytecode(
    _TESTS.replace("== 4", "== 3"), "tests/test_app.py", of=_TESTS.encode(), flags=_CHECKED
)

_FORGES_WHILE_IT_RUNS = """
    import importlib.util
    import marshal
    from pathlib import Path

    from _pytest.assertion import rewrite

    file = Path(__file__).parent / "tests" / "test_app.py"
    text = file.read_bytes()
    code = compile(text.replace(b"== 4", b"== 3"), str(file), "exec")
    into = file.parent / "__pycache__"
    into.mkdir(exist_ok=True)
    head = importlib.util.MAGIC_NUMBER + (3).to_bytes(4, "little") + importlib.util.source_hash(text)
    (into / ("test_app" + rewrite.PYC_TAIL)).write_bytes(head + marshal.dumps(code))
"""

CASES = [
    Case(
        "bytecode of the code under test that is right where its source is wrong",
        _G,
        repository({"app.py": _WRONG_APP, "tests/test_app.py": GOOD}),
        Reason.TESTS_FAILED,
        blobs={"__pycache__/app.cpython-311.pyc": _bytecode(APP, "app.py", of=b"", flags=_UNCHECKED)},
    ),
    Case(
        "bytecode of a test module in pytest's own form that asserts something else",
        _G,
        failing_with({}),
        Reason.TESTS_FAILED,
        blobs={f"tests/__pycache__/test_app.cpython-311-pytest-{pytest.__version__}.pyc": _MENDED_TESTS},
    ),
    Case(
        "the same bytecode, written by the conftest",
        _G,
        failing_with({"conftest.py": _FORGES_WHILE_IT_RUNS}),
        Reason.TESTS_FAILED,
    ),
    Case(
        "hooks in bytecode without a source",
        _G,
        failing_with({"conftest.py": "from hooks import *\n"}),
        Reason.TAMPERED,
        summary="hooks.pyc",
        blobs={"hooks.pyc": _bytecode(_HOOK, "hooks.py", of=b"", flags=_UNCHECKED)},
    ),
    Case(
        "a compiled module that would be imported in its source's place",
        _G,
        passing_with({}),
        Reason.OK,
        facts={"shadows_left_out": ["app.abi3.so", "app.cpython-311-x86_64-linux-gnu.so"]},
        blobs=dict.fromkeys(("app.abi3.so", "app.cpython-311-x86_64-linux-gnu.so"), b"\x7fELF\0"),
    ),
    Case(
        "hooks in an archive on the path",
        _G,
        failing_with(
            {
                "conftest.py": "import sys\nsys.path.insert(0, __file__[:-11] + 'more.zip')\nfrom hooks import *\n"
            }
        ),
        Reason.TAMPERED,
        summary="more.zip",
        blobs={"more.zip": _archive(_HOOK)},
    ),
    Case(
        "hooks that a start-up file of a named folder runs",
        _G,
        failing_with(
            {
                "conftest.py": "import pathlib\nimport site\nsite.addsitedir(pathlib.Path(__file__).parent / 'more')\n"
                "from hooks import *\n",
                "more/x.pth": "import sys; sys.modules['hooks'] = type(sys)('hooks'); "
                f"exec({_HOOK!r}, vars(sys.modules['hooks']))\n",
            }
        ),
        Reason.TAMPERED,
        summary="addsitedir",
    ),
    Case(
        "hooks made by a built-in function under its module's name",
        _G,
        failing_with(
            {
                "conftest.py": "import builtins\nfrom pathlib import Path\n"
                "builtins.exec(Path(__file__).with_name('hooks.txt').read_text())\n",
                "hooks.txt": _HOOK,
            }
        ),
        Reason.TAMPERED,
        summary="exec",
    ),
    Case(
        "a setting of the interpreter named in the tree",
        _G,
        failing_with(
            {
                "pyvenv.cfg": "home = /w/bin\ninclude-system-site-packages = true\n",
                "python311._pth": ".\nimport site\n",
                "more.pth": "import os; os._exit(0)\n",
                "src/more.pth": "import os; os._exit(0)\n",
            }
        ),
        Reason.TESTS_FAILED,
    ),
]
