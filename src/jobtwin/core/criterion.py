"""Criteria: short statements that can be checked, each with the kind of evidence that supports it.

`check`: a check's verdict decides. `probe`: a declarative rule over the files decides. `prose`: only
text speaks, so code leaves it unclear and may point at where to read.

Probes read code and configuration without comments and docstrings. Only `document` reads prose, and it
asks for structure (sections with lines of their own, files named that are really there), never for words.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Glob = Annotated[str, Field(min_length=1, max_length=200)]
Globs = Annotated[tuple[Glob, ...], Field(min_length=1, max_length=40)]
Pattern = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_compiles)]
Patterns = Annotated[tuple[Pattern, ...], Field(min_length=1, max_length=40)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=60)]
Count = Annotated[int, Field(ge=1, le=1000)]


def _is_empty(value: object) -> bool:
    """True at the default of a field that came later: it is left out of the digest (`core.brief`)."""
    return not value


def _is_anywhere(value: object) -> bool:
    return value == "document"


class Rule(BaseModel):
    """Base of everything that a brief says: no unknown keys, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FilesProbe(Rule):
    """Met where `at_least` files match one of the globs (`**` crosses folders) and are not hollow.

    A text file needs `min_lines` lines that say something (no comments, no headings, no repeats), and a
    match of one of the patterns of `says` where there are some. Paths that match `without` do not count.
    """

    kind: Literal["files"]
    paths: Globs
    without: Annotated[tuple[Glob, ...], Field(max_length=40)] = ()
    at_least: Count = 1
    min_lines: Count = 3
    says: Annotated[tuple[Pattern, ...], Field(max_length=20, exclude_if=_is_empty)] = ()


class DocumentProbe(Rule):
    """Met where a prose file has `min_lines` substantial lines, every section, and names real files.

    `sections` are regular expressions over headings; each heading found needs two substantial lines
    below it. `names_files` counts code and configuration files of the tree that the text names, anywhere or
    (`named_in: sections`) in the sections that fit: a README names files for many reasons. `commands` counts
    lines of code (fenced, indented, in backticks), and those that name a tool to run, in these sections.
    """

    kind: Literal["document"]
    paths: Globs
    min_lines: Count = 8
    sections: Annotated[tuple[Pattern, ...], Field(max_length=20)] = ()
    names_files: int = Field(default=0, ge=0, le=100)
    named_in: Literal["document", "sections"] = Field(default="document", exclude_if=_is_anywhere)
    commands: int = Field(default=0, ge=0, le=100, exclude_if=_is_empty)


class TextProbe(Rule):
    """Met where `at_least` different lines of code, configuration or data match one of the patterns.

    Comments are cut away first, and prose (Markdown, plain text) never matches; neither does code of
    tests, evals, examples, docs and scripts: it is not the service.
    """

    kind: Literal["text"]
    paths: Globs
    patterns: Patterns
    at_least: Count = 1


class PythonProbe(Rule):
    """Met where the Python AST shows `at_least` different uses of what is listed (any of them counts).

    An import counts if its name is used, a definition if its body does something, a test
    (`test_*`) if it also asserts something; `keywords` are arguments passed by name, written `timeout` or
    `create.timeout`; `reads` are dotted names (`os.environ`). All but imports may hold `*`. Unreachable
    branches never count. `routes` are regular expressions over the paths that are served, `takes` are base
    classes of what a handler of a route is given (`BaseModel`); names that fit `without` never count.
    Where `paths` stands at its default, tests, evals, examples, docs and scripts are left out: they are
    not the service.
    """

    kind: Literal["python"]
    paths: Globs = ("**/*.py",)
    imports: Words = ()
    calls: Words = ()
    defines: Words = ()
    keywords: Words = ()
    reads: Words = ()
    routes: Annotated[tuple[Pattern, ...], Field(max_length=20, exclude_if=_is_empty)] = ()
    takes: Annotated[Words, Field(exclude_if=_is_empty)] = ()
    without: Annotated[Words, Field(exclude_if=_is_empty)] = ()
    at_least: Count = 1

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        asked = (self.imports, self.calls, self.defines, self.keywords, self.reads, self.routes, self.takes)
        if not any(asked):
            raise ValueError(
                "name at least one of `imports`, `calls`, `defines`, `keywords`, `reads`, `routes`, `takes`"
            )
        return self


class ConfigProbe(Rule):
    """Met where a YAML, TOML, JSON or INI file gives a value to one dotted key (`*` stands for one level)."""

    kind: Literal["config"]
    paths: Globs
    keys: Annotated[Words, Field(min_length=1)]


class WorkflowProbe(Rule):
    """Met where CI that starts by itself (on a push or pull request) runs a matching command or action.

    Steps that only print, or that can never run (`if: false`), do not count. With `on_change` the clock alone
    (`schedule`) is no start: a push or pull request is.
    """

    kind: Literal["workflow"]
    commands: Patterns
    on_change: bool = Field(default=False, exclude_if=_is_empty)


class DependencyProbe(Rule):
    """Met where a manifest declares one of the packages (names normalised as PEP 503 says)."""

    kind: Literal["dependency"]
    names: Annotated[Words, Field(min_length=1)]


class ContainerProbe(Rule):
    """Met where the last stage of a container file ends with an instruction whose value fits the pattern.

    Earlier values of the same instruction, and stages that are thrown away, do not count. A compose file may
    say it too (`user`, `healthcheck`), of a service that it builds from this repository.
    """

    kind: Literal["container"]
    paths: Globs = ("**/Dockerfile", "**/Containerfile", "**/Dockerfile.*", "**/*.Dockerfile")
    instruction: Literal["USER", "HEALTHCHECK"]
    pattern: Pattern


class PinnedProbe(Rule):
    """Met where every requirement of the list nearest to the root has an exact version.

    Lists of tools (`requirements-dev.txt`) decide only where there is no other.
    """

    kind: Literal["pinned"]
    paths: Globs


class LockedProbe(Rule):
    """Met where a lock file of the service's language stands above its code and beside a manifest."""

    kind: Literal["locked"]


class RecordsProbe(Rule):
    """Met where data files hold `at_least` different records with content, over all files together.

    A record is a line of JSON Lines, a row of a table, or an item of the longest list (or table of named
    cases) in JSON or YAML; it has content where a value has three words, or all values together six. With
    `tags` only those count that one of the patterns marks: in a short value beside the content, in a key
    that has a value, or in the path of the file. Paths that match `without` do not count.
    """

    kind: Literal["records"]
    paths: Globs
    without: Annotated[tuple[Glob, ...], Field(max_length=40)] = ()
    tags: Annotated[tuple[Pattern, ...], Field(max_length=20)] = ()
    at_least: Count = 1


class DrawnProbe(Rule):
    """Met where a document draws a diagram itself; unclear where it shows a picture of another host."""

    kind: Literal["drawn"]


SimpleProbe = Annotated[
    FilesProbe
    | DocumentProbe
    | TextProbe
    | PythonProbe
    | ConfigProbe
    | WorkflowProbe
    | DependencyProbe
    | ContainerProbe
    | PinnedProbe
    | LockedProbe
    | RecordsProbe
    | DrawnProbe,
    Field(discriminator="kind"),
]


class AnyProbe(Rule):
    """Met where one of several probes is."""

    kind: Literal["any"]
    of: Annotated[tuple[SimpleProbe, ...], Field(min_length=2, max_length=10)]


Probe = Annotated[
    FilesProbe
    | DocumentProbe
    | TextProbe
    | PythonProbe
    | ConfigProbe
    | WorkflowProbe
    | DependencyProbe
    | ContainerProbe
    | PinnedProbe
    | LockedProbe
    | RecordsProbe
    | DrawnProbe
    | AnyProbe,
    Field(discriminator="kind"),
]


class Criterion(Rule):
    """One checkable statement of a dimension. `weight` counts against the others of the dimension."""

    id: Identifier
    text: str = Field(min_length=10, max_length=200)
    evidence: Literal["check", "probe", "prose"]
    weight: int = Field(default=1, ge=1, le=10)
    check: str | None = None
    probes: Annotated[tuple[Probe, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _evidence_is_named(self) -> Self:
        if (self.evidence == "check") != (self.check is not None):
            raise ValueError("`check` names a self-check exactly where evidence is check")
        if (self.evidence == "probe") != bool(self.probes):
            raise ValueError("`probes` stand exactly where evidence is probe (all must be met)")
        return self
