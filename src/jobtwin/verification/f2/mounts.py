"""Flags of RUN, COPY, ADD and HEALTHCHECK: which are handed on, changed, left out or refused."""

import re

from jobtwin.core.check import Reason
from jobtwin.verification.f2.containerfile import Instruction
from jobtwin.verification.f2.finding import Decided, shown

_ADDRESS = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://|git@)")
_PLAIN_TARGET = re.compile(r"^/?[A-Za-z0-9_.@+/-]{1,200}$")
_KEPT = {
    "COPY": frozenset({"from", "chown", "chmod"}),
    "ADD": frozenset({"chown", "chmod"}),
    "HEALTHCHECK": frozenset({"interval", "timeout", "start-period", "retries"}),
    "RUN": frozenset[str](),
}
_LEFT_OUT = {
    "COPY": frozenset({"link"}),
    "ADD": frozenset({"link", "keep-git-dir"}),
    "HEALTHCHECK": frozenset({"start-interval"}),
    "RUN": frozenset[str](),
}


def is_address(source: str) -> bool:
    """Whether ADD would fetch this source instead of taking it from the repository."""
    return bool(_ADDRESS.match(source))


def allowed_flags(one: Instruction) -> tuple[str, ...]:
    """The flags that the builder is given. Raises Decided for those that reach outside."""
    kept: list[str] = []
    for flag in one.flags:
        name, _, value = flag.removeprefix("--").partition("=")
        if name in _KEPT[one.name]:
            kept.append(flag)
        elif one.name == "RUN":
            kept += _run_flag(name, value, one.line)
        elif name not in _LEFT_OUT[one.name]:
            said = f"line {one.line}: {one.name} --{shown(name, 40)} is not supported here"
            raise Decided(Reason.NOT_SUPPORTED, said)
    return tuple(kept)


def _run_flag(name: str, value: str, line: int) -> list[str]:
    if name == "mount":
        return [_mount(value, line)]
    if name == "network" and value in {"none", "default"}:
        return []
    said = f"line {line}: RUN --{shown(name, 40)}={shown(value, 40)} asks for more than a build gets here"
    raise Decided(Reason.BUILD_FAILED, said)


def _mount(value: str, line: int) -> str:
    """A mount as an empty memory file system, where an honest build can do with one."""
    options = dict(part.strip().partition("=")[::2] for part in value.split(",") if part.strip())
    kind = options.get("type", "bind")
    if kind in {"secret", "ssh"}:
        said = f"line {line}: the build needs a {kind} of its builder, which a stranger does not have"
        raise Decided(Reason.BUILD_FAILED, said)
    if kind == "bind":
        said = f"line {line}: RUN --mount=type=bind is not supported here; copy the file instead"
        raise Decided(Reason.NOT_SUPPORTED, said)
    if kind not in {"cache", "tmpfs"}:
        raise Decided(Reason.BUILD_FAILED, f"line {line}: there is no mount of type {shown(kind, 40)!r}")
    target = options.get("target") or options.get("dst") or options.get("destination") or ""
    if not _PLAIN_TARGET.match(target) or ".." in target.split("/"):
        raise Decided(Reason.BUILD_FAILED, f"line {line}: {shown(target)!r} is not a plain path to mount at")
    return f"--mount=type=tmpfs,target={target}"
