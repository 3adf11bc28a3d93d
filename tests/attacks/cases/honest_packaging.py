"""Honest repositories of every packaging style: what they declare is there when their tests run."""

# ruff: noqa: E501 - the long lines are those of the repositories made here

from jobtwin.core.check import Reason
from tests.attacks.case import Case, passing_with

_G = "honest: packaging"
_WHEEL = "b6a85871a79d2e3b22d2d1b94ac2824226a63c6b741c88f7ae975f18b6778374"
_SOURCE = "2d91e135bf72d31a410b17c16da610a82cb55f6b0477d1a902134b24a455b8b3"
_NEEDS = """
    from importlib.metadata import version

    def test_the_dependency_is_there():
        assert version("iniconfig")
"""
_LOCKED = """
    from importlib.metadata import version

    def test_the_locked_version_is_there():
        assert version("iniconfig") == "2.0.0"
"""
_KITE = "def fly(wind):\n    return wind > 3\n"
_FLIES = """
    from kite import fly

    def test_flies():
        assert fly(5) and not fly(1)
"""
_BUILD = """
    [build-system]
    requires = ["setuptools"]
    build-backend = "setuptools.build_meta"
"""


def _honest(name: str, files: dict[str, str], test: str = _NEEDS) -> Case:
    return Case(name, _G, passing_with({"tests/test_needs.py": test, **files}), Reason.OK)


CASES = [
    _honest(
        "requirement files, one for tests",
        {"requirements.txt": "iniconfig\n", "requirements-dev.txt": "-r requirements.txt\npytest\n"},
    ),
    _honest(
        "a folder of requirement files with a constraint",
        {
            "requirements/base.txt": "-c constraints.txt\niniconfig\n",
            "requirements/constraints.txt": "iniconfig==2.0.0\n",
            "requirements/test.txt": "-r base.txt\npytest\n",
        },
        _LOCKED,
    ),
    _honest(
        "a requirement with its hashes",
        {
            "requirements.txt": f"iniconfig==2.0.0 \\\n    --hash=sha256:{_WHEEL} \\\n    --hash=sha256:{_SOURCE}\n"
        },
        _LOCKED,
    ),
    _honest(
        "setup.cfg alone tells the metadata",
        {
            "conftest.py": "",
            "setup.py": "from setuptools import setup\n\nsetup()\n",
            "setup.cfg": """
                [metadata]
                name = kite
                version = 1.0
                [options]
                package_dir =
                    = src
                packages = find:
                install_requires =
                    iniconfig
                [options.packages.find]
                where = src
                [options.extras_require]
                test =
                    pytest
            """,
            "src/kite/__init__.py": _KITE,
            "tests/test_kite.py": _FLIES,
        },
    ),
    _honest(
        "an extra named tests",
        {
            "pyproject.toml": f'{_BUILD}\n    [project]\n    name = "kite"\n    version = "1.0"\n    [project.optional-dependencies]\n    tests = ["pytest", "iniconfig"]\n    [tool.setuptools]\n    py-modules = ["kite"]\n',
            "kite.py": _KITE,
            "tests/test_kite.py": _FLIES,
        },
    ),
    _honest(
        "uv with its lock and a dependency group",
        {
            "pyproject.toml": """
                [project]
                name = "kite"
                version = "0.1.0"
                requires-python = ">=3.10"
                dependencies = ["iniconfig>=1"]
                [dependency-groups]
                lint = ["ruff"]
            """,
            "uv.lock": f"""
                version = 1
                revision = 3
                requires-python = ">=3.10"
                [[package]]
                name = "iniconfig"
                version = "2.0.0"
                source = {{ registry = "https://mirror.example/simple" }}
                wheels = [{{ url = "https://mirror.example/files/iniconfig-2.0.0-py3-none-any.whl", hash = "sha256:{_WHEEL}", size = 5892 }}]
                [[package]]
                name = "kite"
                version = "0.1.0"
                source = {{ virtual = "." }}
                dependencies = [{{ name = "iniconfig" }}]
            """,
        },
        _LOCKED,
    ),
    _honest(
        "poetry with its lock and a group",
        {
            "pyproject.toml": """
                [tool.poetry]
                name = "kite"
                version = "0.1.0"
                description = ""
                authors = []
                package-mode = false
                [tool.poetry.dependencies]
                python = "^3.10"
                iniconfig = "^2.0"
                [tool.poetry.group.docs.dependencies]
                sphinx = "*"
            """,
            "poetry.lock": f"""
                [[package]]
                name = "iniconfig"
                version = "2.0.0"
                description = "brain-dead simple config-ini parsing"
                optional = false
                python-versions = ">=3.7"
                groups = ["main"]
                files = [
                    {{file = "iniconfig-2.0.0-py3-none-any.whl", hash = "sha256:{_WHEEL}"}},
                    {{file = "iniconfig-2.0.0.tar.gz", hash = "sha256:{_SOURCE}"}},
                ]
                [metadata]
                lock-version = "2.1"
                python-versions = "^3.10"
                content-hash = "0000"
            """,
        },
        _LOCKED,
    ),
    _honest("a Pipfile", {"Pipfile": '[packages]\niniconfig = "*"\n[dev-packages]\npytest = "*"\n'}),
    _honest(
        "a service of a monorepo beside others",
        {
            "jobtwin.toml": '[project]\nsubfolder = "services/kite"\n',
            "services/kite/pyproject.toml": f'{_BUILD}\n    [project]\n    name = "kite"\n    version = "1.0"\n    dependencies = ["iniconfig"]\n',
            "services/kite/src/kite/__init__.py": _KITE,
            "services/kite/tests/test_kite.py": _FLIES,
            "services/kite/tests/test_needs.py": _NEEDS,
            "services/other/tests/test_other.py": "def test_broken():\n    assert False\n",
        },
    ),
]
