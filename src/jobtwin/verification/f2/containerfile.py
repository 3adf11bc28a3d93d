"""Containerfiles as data: one normalised line an instruction, so that what is built is what was read.

The grammar is that of the Dockerfile reference: parser directives, comments, continuation lines and
here-documents. A file that is read here is written anew for the builder without any of them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobtwin.core.check import Reason
from jobtwin.verification.f2.finding import Decided, shown

KNOWN = frozenset(
    [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ]
)
_WITH_FLAGS = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})
_DIRECTIVE = re.compile(r"^#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S.*)$")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_CONTINUED = re.compile(r"\\[ \t]*$")
_HEREDOC = re.compile(r"(?<!<)<<(?!<)-?\s*([\"']?)([A-Za-z_][A-Za-z0-9_.]*)\1")
_WHOLE_HEREDOC = re.compile(r"^<<(?P<dash>-?)(?P<quote>[\"']?)(?P<word>[A-Za-z_][A-Za-z0-9_.]*)(?P=quote)$")
_FRONTEND = re.compile(r"^(?:docker\.io/)?docker/dockerfile(?::[A-Za-z0-9_.-]+)?(?:@sha256:[0-9a-f]{64})?$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: NAME, its leading `--flag=value` words, the rest, and its first line (from 1)."""

    name: str
    flags: tuple[str, ...]
    value: str
    line: int

    def flag(self, name: str) -> str | None:
        """The value of the last `--name=value`, "" for a bare one, None where it is not there."""
        found = [one for one in self.flags if one == f"--{name}" or one.startswith(f"--{name}=")]
        return found[-1].partition("=")[2] if found else None

    def as_list(self) -> list[str] | None:
        """The words of the JSON form, or None for the shell form."""
        if not self.value.startswith("["):
            return None
        try:
            words = json.loads(self.value)
        except (ValueError, RecursionError):
            return None
        return words if isinstance(words, list) and all(isinstance(one, str) for one in words) else None

    def __str__(self) -> str:
        return " ".join([self.name, *self.flags, self.value]).rstrip()


def parse_containerfile(content: bytes, *, instructions: int) -> tuple[Instruction, ...]:
    """The instructions of a file. Raises Decided for what no build could read, or this platform cannot."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Decided(Reason.BUILD_FAILED, "the Containerfile is not UTF-8 text") from error
    if "\0" in text:
        raise Decided(Reason.BUILD_FAILED, "the Containerfile holds a zero byte")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    _check_directives(lines)
    found: list[Instruction] = []
    for instruction in _Lines(lines).instructions():
        found.append(instruction)
        if len(found) > instructions:
            said = f"the Containerfile holds more than {instructions} instructions (limit instructions)"
            raise Decided(Reason.BUILD_FAILED, said)
    if not found:
        raise Decided(Reason.BUILD_FAILED, "the Containerfile is empty")
    return tuple(found)


def _check_directives(lines: list[str]) -> None:
    for number, line in enumerate(lines, start=1):
        match = _DIRECTIVE.match(line)
        if match is None or match[1].lower() not in _DIRECTIVES:
            return
        name, value = match[1].lower(), match[2].rstrip()
        if name == "syntax" and not _FRONTEND.match(value):
            said = f"line {number}: the syntax line has another image read this file: {shown(value)}"
            raise Decided(Reason.BAD_BASE_IMAGE, said)
        if name == "escape" and value != "\\":
            raise Decided(
                Reason.BUILD_FAILED, f"line {number}: no other escape character than \\ is followed"
            )


class _Lines:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def instructions(self) -> Iterator[Instruction]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line.strip() or line.lstrip().startswith("#"):
                self._at += 1
                continue
            number = self._at + 1
            text = self._logical()
            if text.endswith("\\"):
                # Written anew, it would swallow the line after it.
                raise Decided(Reason.BUILD_FAILED, f"line {number}: the instruction ends in a backslash")
            if text:
                yield self._instruction(text, number)

    def _logical(self) -> str:
        """One line with its continuations joined; comments and blank lines between them are left out."""
        parts: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if parts and (not line.strip() or line.lstrip().startswith("#")):
                continue
            if not _CONTINUED.search(line):
                return "".join([*parts, line]).strip()
            parts.append(_CONTINUED.sub("", line))
        return "".join(parts).strip()

    def _instruction(self, text: str, number: int) -> Instruction:
        name, *others = text.split(None, 1)
        rest = others[0] if others else ""
        name = name.upper()
        if name not in KNOWN:
            raise Decided(Reason.BUILD_FAILED, f"line {number}: there is no instruction {shown(name, 40)!r}")
        flags, value = _split_flags(rest) if name in _WITH_FLAGS else ((), rest)
        if name == "ONBUILD":
            raise Decided(Reason.NOT_SUPPORTED, f"line {number}: ONBUILD is not supported here")
        if name in {"RUN", "COPY", "ADD"} and _HEREDOC.search(value):
            value = self._here_document(name, value, number)
        if not value:
            raise Decided(Reason.BUILD_FAILED, f"line {number}: {name} needs an argument")
        return Instruction(name, flags, value, number)

    def _here_document(self, name: str, value: str, number: int) -> str:
        """`RUN <<EOF` as its JSON form; any other here-document is beyond the builder of this platform."""
        match = _WHOLE_HEREDOC.match(value)
        body: list[str] = []
        while match is not None and self._at < len(self._lines):
            line = self._lines[self._at].lstrip("\t") if match["dash"] else self._lines[self._at]
            self._at += 1
            if line == match["word"]:
                if name == "RUN" and not (body and body[0].startswith("#!")):
                    return json.dumps(["/bin/sh", "-c", "\n".join(body)])
                break
            body.append(line)
        said = f"line {number}: of here-documents only `RUN <<EOF` with shell lines is supported here"
        raise Decided(Reason.NOT_SUPPORTED, said)


def _split_flags(rest: str) -> tuple[tuple[str, ...], str]:
    flags: list[str] = []
    while rest.startswith("--"):
        word, *others = rest.split(None, 1)
        flags.append(word)
        rest = others[0] if others else ""
    return tuple(flags), rest
