"""What a file is, told by its path alone: its kind, and whether somebody wrote it for this repository."""

import re
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """How a file is read."""

    PYTHON = "python"
    NOTEBOOK = "notebook"
    MARKDOWN = "markdown"
    PROSE = "prose"
    CONFIG = "config"
    CODE = "code"
    DATA = "data"
    OTHER = "other"
    BINARY = "binary"


_BY_EXTENSION = {
    Kind.PYTHON: "py pyi pyw pyx",
    Kind.NOTEBOOK: "ipynb",
    Kind.MARKDOWN: "md markdown mdx mkd",
    Kind.PROSE: "rst txt adoc asciidoc org tex log out",
    Kind.CONFIG: "yaml yml toml json ini cfg conf properties env json5 jsonc hcl tf gin",
    Kind.DATA: "csv tsv jsonl ndjson xml svg html htm lock",
    Kind.CODE: (
        "js jsx mjs cjs ts mts cts tsx go rs java kt kts scala c h cc cpp cxx hpp cu cuh cs rb php pl lua r "
        "jl swift m mm sh bash zsh fish ps1 bat cmd sql proto graphql vue svelte css scss dart ex exs erl "
        "hs ml clj groovy gradle nim zig cmake mk sbatch slurm dockerfile containerfile"
    ),
    Kind.BINARY: (
        "png jpg jpeg gif webp ico bmp tiff pdf zip gz bz2 xz tar tgz whl jar so dll dylib exe bin o a "
        "pyc pyo class woff woff2 ttf otf eot mp3 mp4 webm wav ogg avi mov npy npz pkl pickle pt pth "
        "ckpt onnx safetensors gguf h5 hdf5 parquet arrow feather db sqlite sqlite3 mat msgpack"
    ),
}
_EXTENSIONS = {ext: kind for kind, listed in _BY_EXTENSION.items() for ext in listed.split()}
_NAMES = {
    "dockerfile": Kind.CODE,
    "containerfile": Kind.CODE,
    "makefile": Kind.CODE,
    "gnumakefile": Kind.CODE,
    "justfile": Kind.CODE,
    "procfile": Kind.CODE,
    "jenkinsfile": Kind.CODE,
    "vagrantfile": Kind.CODE,
    "cmakelists.txt": Kind.CODE,
    "pipfile": Kind.CONFIG,
    ".env": Kind.CONFIG,
    ".env.example": Kind.CONFIG,
    ".flake8": Kind.CONFIG,
    ".coveragerc": Kind.CONFIG,
    "renovaterc": Kind.CONFIG,
    ".renovaterc": Kind.CONFIG,
    "readme": Kind.PROSE,
    "license": Kind.PROSE,
    "licence": Kind.PROSE,
    "copying": Kind.PROSE,
    "go.sum": Kind.DATA,
    "go.mod": Kind.CODE,
}
_MANIFEST = re.compile(
    r"(requirements|constraints)[\w.-]*\.(txt|in)|requirements/[^/]+\.(txt|in)", re.IGNORECASE
)
_VENDORED = re.compile(
    r"(^|/)(node_modules|vendor|vendored|_vendor|third[_-]?party|3rdparty|external|site-packages|\.venv|venv|"
    r"bower_components|dist|build|\.tox|__pycache__|\.ipynb_checkpoints|\.yarn|target)/",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"(^|/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|pdm\.lock|"
    r"pipfile\.lock|cargo\.lock|go\.sum|composer\.lock|gemfile\.lock|flake\.lock|pylock[\w.-]*\.toml)$|"
    r"\.min\.(js|css)$|\.(map|snap|lock|pb\.go)$|_pb2(_grpc)?\.pyi?$|\.generated\.",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(^|/)(evals?|evaluations?|examples?|docs?|scripts?|bench(marks?)?|\.[^/]+)/", re.IGNORECASE
)
_SAID_TO_MACHINES = re.compile(
    r"(^|/)prompts?/|prompts?[^/]*\.\w+$|(^|/)(agents|claude|gemini|copilot-instructions|llms(-full)?)\.(md|txt)$|"
    r"(^|/)(requirements|constraints)[^/]*\.(txt|in)$|(^|/)(robots|cmakelists)\.txt$",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(^|/)(tests?|testing|__tests__|spec)/|(^|/)test_[^/]*$|_test\.\w+$|\.(spec|test)\.\w+$")


@lru_cache(maxsize=65536)
def kind_of(path: str) -> Kind:
    """The kind of a path: by its name, then by its extension."""
    name = path.rsplit("/", 1)[-1].lower()
    if _MANIFEST.search(path):
        return Kind.CONFIG
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith(("dockerfile.", "containerfile.", "makefile.")):
        return Kind.CODE
    return _EXTENSIONS.get(name.rpartition(".")[2], Kind.OTHER) if "." in name else Kind.OTHER


def is_vendored(path: str) -> bool:
    """True for folders that hold other people's code or build output."""
    return _VENDORED.search(path) is not None


def is_generated(path: str) -> bool:
    """True for lock files and other files that a tool writes."""
    return _GENERATED.search(path) is not None


def is_test(path: str) -> bool:
    return _TESTS.search(path) is not None


def is_service(path: str) -> bool:
    """True for what could be the service itself: no tests, evals, examples, docs or scripts."""
    return not is_test(path) and _BESIDE.search(path) is None


def is_document(path: str) -> bool:
    """True for prose that the project says to people: no prompts, no instructions for a model or tool."""
    return is_prose(path) and _SAID_TO_MACHINES.search(path) is None


def is_prose(path: str) -> bool:
    """True where a file holds sentences for people: it says things, it does nothing."""
    return kind_of(path) in {Kind.MARKDOWN, Kind.PROSE, Kind.OTHER}
