"""What a submission asks to have installed, and from where."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import GOOD, Case, passing_with, repository

_G = "dependencies"


def _refused(name: str, requirements: str, summary: str) -> Case:
    files = passing_with({"requirements.txt": f"pytest\n{requirements}\n"})
    return Case(name, _G, files, Reason.BAD_REQUIREMENT, summary=summary)


_PWNED = """
from pathlib import Path
for place in ("/tmp/pwned", "/var/tmp/pwned", str(Path.home() / "pwned")):
    try:
        Path(place).write_text("ran outside")
    except OSError:
        pass
"""
_UNTOUCHED = """
from pathlib import Path

def test_nothing_ran_outside():
    assert not Path("/tmp/pwned").exists()
"""
_SETUP = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "kite"
version = "1.0"
"""

CASES = [
    _refused("another index", "--index-url https://mirror.example/simple", "--index-url"),
    _refused("one more index", "--extra-index-url https://mirror.example/simple", "--extra-index-url"),
    _refused("a folder of wheels", "--find-links ./wheels", "--find-links"),
    _refused("a host that is trusted", "--trusted-host mirror.example", "--trusted-host"),
    _refused("a repository", "x @ git+https://code.example/x", "requirements.txt:2"),
    _refused("an address", "x @ https://code.example/x-1.0-py3-none-any.whl", "requirements.txt:2"),
    _refused("a file of the host", "x @ file:///etc/passwd", "requirements.txt:2"),
    _refused("a local path", "./vendored", "requirements.txt:2"),
    _refused("an editable stranger", "-e git+https://code.example/x#egg=x", "requirements.txt:2"),
    _refused("a file outside the clone", "-r ../../../etc/passwd", "requirements.txt:2"),
    _refused("a name that does not exist", "jobtwin-no-such-package-on-any-index", "jobtwin-no-such"),
    _refused("versions that contradict each other", "packaging<20\npackaging>22", "contradict"),
    Case(
        "a lock whose addresses are foreign",
        _G,
        passing_with(
            {
                "pyproject.toml": f"{_SETUP}dependencies = ['pytest']\n",
                "uv.lock": """
                    version = 1
                    requires-python = ">=3.10"
                    [[package]]
                    name = "pytest"
                    version = "8.3.4"
                    source = { registry = "https://mirror.example/simple" }
                    wheels = [{ url = "https://mirror.example/pytest-8.3.4-py3-none-any.whl", hash = "sha256:00" }]
                """,
            }
        ),
        Reason.BAD_REQUIREMENT,
        also=(Reason.UNRESOLVABLE_STATICALLY, Reason.OK),
    ),
    Case(
        "a committed environment is not used",
        _G,
        passing_with(
            {
                ".venv/pyvenv.cfg": "home = /usr/bin\n",
                ".venv/bin/python": "#!/bin/sh\nexit 0\n",
                ".venv/lib/python3.11/site-packages/evil.pth": "import os; os._exit(0)\n",
                ".venv/lib/python3.11/site-packages/pytest.py": "raise SystemExit(0)\n",
            }
        ),
        Reason.OK,
    ),
    Case(
        "a setup.py that writes where it can",
        _G,
        repository(
            {
                "setup.py": f"{_PWNED}\nfrom setuptools import setup\nsetup(name='kite', version='1.0')\n",
                "tests/test_app.py": GOOD,
                "tests/test_zz.py": _UNTOUCHED,
            }
        ),
        Reason.OK,
    ),
    Case(
        "a build backend of the tree",
        _G,
        repository(
            {
                "pyproject.toml": """
                    [build-system]
                    requires = []
                    build-backend = "backend"
                    backend-path = ["."]
                    [project]
                    name = "kite"
                    version = "1.0"
                """,
                "backend.py": f"{_PWNED}\ndef build_wheel(*args):\n    raise SystemExit(0)\n",
                "tests/test_app.py": GOOD,
                "tests/test_zz.py": _UNTOUCHED,
            }
        ),
        Reason.OK,
    ),
    Case(
        "a setup.py that installs a start-up file for the tests",
        _G,
        repository(
            {
                "setup.py": """
                    import os
                    from setuptools import setup
                    for folder in ("/out", "/venv/lib/python3.11/site-packages"):
                        try:
                            open(os.path.join(folder, "evil.pth"), "w").write("import os; os._exit(0)")
                        except OSError:
                            pass
                    setup(name="kite", version="1.0")
                """,
                "tests/test_app.py": GOOD,
            }
        ),
        Reason.OK,
    ),
    Case(
        "dependencies that only the build backend can tell",
        _G,
        repository(
            {
                "pyproject.toml": f"{_SETUP}dynamic = ['dependencies']\n",
                "setup.py": "from setuptools import setup\nsetup(install_requires=['ini' + 'config'])\n",
                "tests/test_app.py": GOOD,
                "tests/test_zz.py": "import iniconfig\n\ndef test_it():\n    assert iniconfig.IniConfig\n",
            }
        ),
        Reason.OK,
    ),
    Case(
        "built metadata that names another index",
        _G,
        repository(
            {
                "pyproject.toml": f"{_SETUP}dynamic = ['dependencies']\n",
                "setup.py": "from setuptools import setup\nsetup(install_requires=['x @ ' + 'git+https://c.example/x'])\n",
                "tests/test_app.py": GOOD,
            }
        ),
        Reason.BAD_REQUIREMENT,
        summary="METADATA",
    ),
    Case(
        "a computed dependency whose build fails",
        _G,
        repository(
            {
                "pyproject.toml": f"{_SETUP}dynamic = ['dependencies']\n",
                "setup.py": "raise SystemExit('no')\n",
                "tests/test_app.py": GOOD,
            }
        ),
        Reason.UNRESOLVABLE_STATICALLY,
        summary="dynamic",
    ),
    Case(
        "a compiled project that cannot be built",
        _G,
        repository(
            {
                "setup.py": """
                    from setuptools import Extension, setup
                    setup(name="kite", version="1.0", ext_modules=[Extension("kite", ["kite.c"])])
                """,
                "kite.c": "this is no C\n",
                "tests/test_app.py": GOOD,
            }
        ),
        Reason.NOT_SUPPORTED,
        summary="compiled",
    ),
    Case(
        "a project in a subfolder that jobtwin.toml names",
        _G,
        {
            "jobtwin.toml": '[project]\nsubfolder = "services/kite"\n',
            "other/test_other.py": "def test_other():\n    assert False\n",
            **{f"services/kite/{path}": text for path, text in passing_with({}).items()},
        },
        Reason.OK,
        facts={"subfolder": "services/kite"},
    ),
    Case(
        "a subfolder that leads out of the repository",
        _G,
        passing_with({"jobtwin.toml": '[project]\nsubfolder = "../../etc"\n'}),
        Reason.OK,
    ),
]
