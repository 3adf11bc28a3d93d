"""Which lines of a Python service something reaches: a function that nobody calls does nothing.

Names are followed over the files of one tree, never run: a definition is reached where something that is
reached itself uses its name, or where a framework would call it (a decorator, a base class from elsewhere).
In a library, which nothing starts, tests are callers. What cannot be told counts as reached.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from jobtwin.review.files import Files
from jobtwin.review.kinds import is_service, is_test
from jobtwin.review.pydefs import bound_to_nothing
from jobtwin.review.pyfacts import parse_module
from jobtwin.review.pytruth import dotted
from jobtwin.review.pywalk import reachable
from jobtwin.review.substance import code_lines

MAX_STEPS = 400
"""Definitions and modules that are looked at to decide about one line; beyond them it counts as reached."""
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PASSIVE_NAMES = """
staticmethod classmethod property setter getter deleter cached_property abstractmethod override overload final
wraps lru_cache cache contextmanager asynccontextmanager limit retry trace traceable observe timer timed
on_exception dataclass total_ordering deprecated no_type_check inject
"""
_PASSIVE = frozenset(_PASSIVE_NAMES.split())
"""Decorators that leave a function to its callers; any other may hand it to somebody who calls it."""
_STARTS = re.compile(
    r"(^|/)(__main__|main|app|manage|wsgi|asgi|server|serve|cli|worker|bot|streamlit_app|function_app)\.py$"
)
_BEGINS = re.compile(
    r"(^|/)(__init__|run|settings|urls|admin|apps|models|views|signals|middleware|celery|index|gunicorn[\w.]*|env|"
    r"setup|config|conftest)\.py$|"
    r"(^|/)(migrations|commands|pages|templatetags|plugins|lambda\w*|functions|dags|flows|versions)/"
)
"""What frameworks and tools load by its name."""
_FACTORY = re.compile(r"__\w+__|(?:create|make|get|build)_app(?:lication)?|lifespan|(?:lambda_)?handler")
"""Names that servers and the language call by themselves."""
_GUARD = re.compile(r"^if\s+__name__\s*==", re.MULTILINE)
_MAKES = re.compile(
    r"^\w+\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(?:FastAPI|Flask|Starlette|Quart|Sanic|Litestar|Typer|Celery|Bot)\(|"
    r"^import streamlit\b",
    re.MULTILINE,
)
_ACTS = re.compile(r"^[a-z]\w*(?:\.\w+)*\(", re.MULTILINE)
_LOADS = re.compile(
    r"\b(?:import_module|iter_modules|walk_packages|__import__|autodiscover\w*|load_module)\b"
)
_STARTING = (
    "**/Dockerfile*", "**/Containerfile*", "**/*compose*.y*ml", "**/Procfile", "**/pyproject.toml",
    "**/setup.cfg", "**/setup.py", "**/Makefile", "**/justfile", "**/*.service", "**/serverless.yml",
    "**/fly.toml", "**/app.yaml", "**/render.yaml", "**/package.json", "**/langgraph.json",
)  # fmt: skip
MAX_STARTING = 200
MAX_BYTES = 100_000
"""Files that start programs, and bytes of one, that are read; the rest starts nothing."""


@dataclass(slots=True)
class Module:
    """One parsed file: its definitions with what stands around each, and where each name is used."""

    tree: ast.Module
    around: dict[_Definition, _Definition | None] = field(default_factory=dict)
    uses: dict[str, list[_Definition | None]] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, tree: ast.Module) -> "Module":
        module = cls(tree)
        todo: list[tuple[ast.AST, _Definition | None]] = [(node, None) for node in reachable_children(tree)]
        while todo:
            node, inside = todo.pop()
            module._note(node, inside)
            within = node if isinstance(node, _DEFINITIONS) else inside
            outer = getattr(node, "decorator_list", []) if within is node else []
            todo.extend((child, inside if child in outer else within) for child in reachable_children(node))
        return module

    def _note(self, node: ast.AST, inside: _Definition | None) -> None:
        if isinstance(node, _DEFINITIONS):
            self.around[node] = inside
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            name = node.id if isinstance(node, ast.Name) else node.attr
            self.uses.setdefault(name, []).append(inside)
            self.attributes |= {name} if isinstance(node, ast.Attribute) else set()
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
            for name in re.findall(r"(?:^|[.:])(\w+)$", node.value):
                self.uses.setdefault(name, []).append(inside)
        elif isinstance(node, ast.Import):
            self.imports |= {alias.name.rpartition(".")[2] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            self.imports |= {(node.module or "").rpartition(".")[2], *(alias.name for alias in node.names)}

    def enclosing(self, line: int) -> list[_Definition]:
        """Definitions around a line, the outermost first; a decorator stands inside of none but its own."""
        found = [one for one in self.around if _first_line(one) <= line <= (one.end_lineno or one.lineno)]
        return sorted(found, key=lambda one: one.lineno)


def reachable_children(node: ast.AST) -> Iterator[ast.AST]:
    """Direct children of a node that can be reached; what a module says it exports is no use."""
    if isinstance(node, ast.Assign) and any(dotted(target) == "__all__" for target in node.targets):
        return
    yield from reachable(node, printed=True)


def _first_line(node: _Definition) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


@dataclass
class Liveness:
    """What is reached in one tree; each file is parsed at most once, and only where a name leads to it."""

    files: Files
    _modules: dict[str, Module | None] = field(default_factory=dict)
    _known: dict[tuple[str, int], bool] = field(default_factory=dict)

    def reaches(self, path: str, line: int) -> bool:
        """True where something reaches the line, or where that cannot be told."""
        module = self._module(path)
        if module is None:
            return True
        steps = _Steps()
        if is_service(path) and not self._begins(path, steps, frozenset()):
            return False
        return all(self._is_used(path, one, steps, frozenset()) for one in module.enclosing(line))

    def begins(self, path: str) -> bool:
        """True where something starts or imports a module."""
        return self._module(path) is None or self._begins(path, _Steps(), frozenset())

    def is_hollow(self, whole: str) -> bool:
        """True where a dotted name stands for a definition of this tree that does nothing."""
        module, _, name = whole.rpartition(".")
        path = self.files.unique_end(module.replace(".", "/") + ".py") if module else None
        found = self._module(path) if path else None
        if found is None:
            return False
        beside = {one.name: one for one in found.tree.body if isinstance(one, _DEFINITIONS)}
        return name in set(bound_to_nothing(found.tree, beside))

    def is_inside(self, path: str, line: int) -> bool:
        """True where a line stands inside of a definition."""
        module = self._module(path)
        return module is None or bool(module.enclosing(line))

    def is_read(self, path: str, name: str) -> bool:
        """True where code other than tests reads a name that stands at the top of a module."""
        module = self._module(path)
        if module is None or name in module.attributes:
            return True
        others = (self._module(one) for one in self._naming(name) if one != path)
        return any(other is not None and name in other.uses for other in others)

    def _is_used(self, path: str, node: _Definition, steps: "_Steps", before: frozenset[int]) -> bool:
        key = (path, id(node))
        if key not in self._known:
            if steps.spent() or id(node) in before:
                return steps.are_spent
            self._known[key] = self._decided(path, node, steps, before | {id(node)})
        return self._known[key]

    def _decided(self, path: str, node: _Definition, steps: "_Steps", before: frozenset[int]) -> bool:
        module = self._module(path)
        if module is None or is_test(path) or _is_handed_over(node) or _FACTORY.fullmatch(node.name):
            return True
        around = module.around.get(node)
        if isinstance(around, ast.ClassDef) and _has_foreign_base(around):
            return True
        if isinstance(node, ast.ClassDef) and _has_foreign_base(node) and _has_methods(node):
            return True
        sites = [(path, one) for one in module.uses.get(node.name, []) if one is not node]
        if self._any_reached(sites, steps, before):
            return True
        return self._is_used_elsewhere(path, node.name, steps, before)

    def _is_used_elsewhere(self, path: str, name: str, steps: "_Steps", before: frozenset[int]) -> bool:
        for other in self._naming(name):
            module = self._module(other) if other != path else None
            if module is not None and self._any_reached(
                [(other, one) for one in module.uses.get(name, [])], steps, before
            ):
                return True
        return any(
            re.search(rf"[:.]{re.escape(name)}\b", text) for text in self._starting.values() if name in text
        )

    def _any_reached(
        self, sites: list[tuple[str, _Definition | None]], steps: "_Steps", before: frozenset[int]
    ) -> bool:
        for path, one in sites:
            if one is None:
                return True
            module = self._module(path)
            around = module.enclosing(one.lineno) if module else []
            if all(self._is_used(path, outer, steps, before) for outer in around):
                return True
        return False

    def _begins(self, path: str, steps: "_Steps", before: frozenset[str]) -> bool:
        """True where a module is one that somebody starts or imports."""
        if self._loads_by_name or not self._has_beginning or _BEGINS.search(path) or self._is_beginning(path):
            return True
        if steps.spent() or path in before:
            return steps.are_spent
        stem = path.rpartition("/")[2].removesuffix(".py")
        for other in self._naming(stem):
            module = self._module(other) if other != path else None
            names = module.imports | module.uses.keys() if module else set()
            if stem in names and (not is_service(other) or self._begins(other, steps, before | {path})):
                return True
        return False

    def _is_beginning(self, path: str) -> bool:
        """True by the name of a module, by what it does when it is started, or where something names it."""
        text = self._text(path)
        if _STARTS.search(path) or _GUARD.search(text) or _MAKES.search(text):
            return True
        stem = path.rpartition("/")[2].removesuffix(".py")
        word = re.compile(rf"\b{re.escape(stem)}(?:\.py\b|:\w)|[./]{re.escape(stem)}\b")
        return any(word.search(text) for text in self._starting.values() if stem in text)

    @cached_property
    def _has_beginning(self) -> bool:
        """True where something starts: a guard, an application, or a module of such a name that acts."""
        texts = ((path, self._text(path)) for path in self._service)
        return any(
            _GUARD.search(text) or _MAKES.search(text) or (_STARTS.search(path) and _ACTS.search(text))
            for path, text in texts
        )

    def _text(self, path: str) -> str:
        return "\n".join(self.files.lines(path))

    @cached_property
    def _service(self) -> list[str]:
        return [path for path in self._all_python if is_service(path)]

    @cached_property
    def _all_python(self) -> tuple[str, ...]:
        return self.files.matching(("**/*.py",))

    @cached_property
    def _python(self) -> dict[str, str]:
        """Text of the Python files that call each other: no tests, unless nothing starts."""
        paths = [path for path in self._all_python if not self._has_beginning or not is_test(path)]
        return {
            path: "\n".join(self.files.lines(path)) for path in paths[: self.files.limits.max_probe_files]
        }

    @cached_property
    def _starting(self) -> dict[str, str]:
        """Text, without comments, of the files that start programs."""
        small = [path for path in self.files.matching(_STARTING) if self.files.entries[path].size < MAX_BYTES]
        return {
            path: "\n".join(code_lines(path, self.files.lines(path)).values())
            for path in small[:MAX_STARTING]
        }

    @cached_property
    def _loads_by_name(self) -> bool:
        return any(_LOADS.search(text) for text in self._python.values())

    def _naming(self, name: str) -> list[str]:
        return [path for path, text in self._python.items() if name in text]

    def _module(self, path: str) -> Module | None:
        if path not in self._modules:
            tree = parse_module(self.files.lines(path)) if path.endswith(".py") else None
            self._modules[path] = Module.of(tree) if tree else None
        return self._modules[path]


@dataclass(slots=True)
class _Steps:
    """Counts what one question looks at."""

    count: int = 0

    def spent(self) -> bool:
        self.count += 1
        return self.are_spent

    @property
    def are_spent(self) -> bool:
        return self.count > MAX_STEPS


def _is_handed_over(node: _Definition) -> bool:
    """True where a decorator may hand the definition to somebody who calls it."""
    named = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return any(dotted(one).rpartition(".")[2] not in _PASSIVE for one in named)


def _has_foreign_base(node: ast.ClassDef) -> bool:
    return any(dotted(base).rpartition(".")[2] not in {"object", "ABC", "Generic"} for base in node.bases)


def _has_methods(node: ast.ClassDef) -> bool:
    return any(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in node.body)
