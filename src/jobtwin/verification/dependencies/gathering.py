"""The one place where requirements from every kind of manifest come together."""

from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from jobtwin.verification.dependencies.clean import (
    NotAccepted,
    ProjectItself,
    clean_requirement,
    extras_of,
    valid_specifier,
)
from jobtwin.verification.dependencies.plan import Requirement, Tier
from jobtwin.verification.dependencies.reader import Reader, shown

TEST_NAMES = ("test", "tests", "testing", "dev")
"""The extras and dependency groups that a suite may count on without naming them."""

Table = dict[str, object]
_LOOKS = 3


@dataclass
class Gathered:
    """Requirements on their way from the manifests to a plan."""

    reader: Reader
    name: str | None = None
    python_requires: str = ""
    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[Requirement] = field(default_factory=list)
    extras: dict[str, list[Requirement]] = field(default_factory=dict)
    wanted: dict[str, Tier] = field(default_factory=dict)
    foreign: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    unresolvable: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    prereleases: bool = False
    asks_for_itself: bool = False
    _seen: int = 0

    def clean(self, raw: object, path: str, *, tier: Tier = Tier.NEEDED) -> Requirement | None:
        """One requirement of a table, or None where it was refused."""
        self._seen += 1
        if self._seen > _LOOKS * self.reader.limits.requirements:
            self.reader.refuse(f"more than {self.reader.limits.requirements} requirements", path)
            return None
        line = self.line_of(path, raw)
        if not isinstance(raw, str):
            self.reader.refuse("a requirement is a text", path, line)
            return None
        try:
            found = clean_requirement(raw, origin=f"{path}:{line}", tier=tier, limits=self.reader.limits)
        except NotAccepted as refusal:
            self.reader.refuse(str(refusal), path, line)
            return None
        return found

    def add(self, raw: object, path: str, *, tier: Tier = Tier.NEEDED) -> None:
        """Takes one requirement; one that names the project itself asks for its extras instead."""
        found = self.clean(raw, path, tier=tier)
        if found is not None:
            self.take(found)

    def take(self, found: Requirement) -> None:
        """Takes one cleaned requirement."""
        if self.name is not None and found.name == self.name:
            self.want(extras_of(found), found.tier)
        elif len(self.requirements) >= self.reader.limits.requirements:
            path = found.origin.rpartition(":")[0]
            self.reader.refuse(f"more than {self.reader.limits.requirements} requirements", path)
        else:
            self.requirements.append(found)

    def add_extra(self, extra: str, raws: object, path: str) -> None:
        """Keeps the requirements of an extra until it is known which extras are wanted."""
        if len(self.extras) >= self.reader.limits.extras:
            self.reader.refuse(f"more than {self.reader.limits.extras} extras", path)
            return
        cleaned = (self.clean(raw, path) for raw in as_list(raws))
        self.extras.setdefault(canonicalize_name(extra), []).extend(one for one in cleaned if one is not None)

    def want(self, extras: tuple[str, ...], tier: Tier) -> None:
        """Marks extras of the project as wanted; a needed one stays needed."""
        for extra in extras:
            if self.wanted.get(extra) is not Tier.NEEDED:
                self.wanted[extra] = tier

    def ask_for_itself(self, itself: ProjectItself, tier: Tier) -> None:
        """`-e .[extra]`: the project is to be installed, with these extras."""
        self.asks_for_itself = True
        self.want(itself.extras, tier)

    def require_python(self, raw: object, path: str) -> None:
        """Keeps `requires-python`; the first manifest that names one wins."""
        if self.python_requires or not isinstance(raw, str):
            return
        try:
            self.python_requires = valid_specifier(raw)
        except NotAccepted as refusal:
            self.reader.refuse(str(refusal), path, self.line_of(path, raw))

    def expand_extras(self) -> None:
        """Adds the requirements of every wanted extra, extras that extras ask for included."""
        done: dict[str, Tier] = {}
        while todo := [one for one in sorted(self.wanted) if done.get(one) is not self.wanted[one]]:
            for extra in todo:
                tier = done[extra] = self.wanted[extra]
                for one in self.extras.get(extra, []):
                    self.take(Requirement(one.name, one.text, one.origin, tier, one.hashes))
        unknown = sorted(set(self.wanted) - set(self.extras) - set(TEST_NAMES))
        if unknown and self.extras:
            self.facts["unknown_extras"] = [shown(one) for one in unknown]
        left_out = sorted(set(self.extras) - set(self.wanted))
        if left_out:
            self.facts["extras_left_out"] = left_out

    def line_of(self, path: str, raw: object) -> int:
        """The first line that holds a text, from 1; 0 where none does."""
        if not isinstance(raw, str) or not raw:
            return 0
        text = self.reader.text(path) or ""
        position = text.find(raw)
        return 0 if position < 0 else text.count("\n", 0, position) + 1


def want_test_names(names: list[str]) -> dict[str, Tier]:
    """Which of the named extras or groups to install: tests first; `dev` beside tests is optional."""
    present = {canonicalize_name(one) for one in names} & set(TEST_NAMES)
    if present - {"dev"}:
        return {one: Tier.OPTIONAL if one == "dev" else Tier.NEEDED for one in sorted(present)}
    return dict.fromkeys(sorted(present), Tier.NEEDED)


def table(value: object, *keys: str) -> Table:
    """The nested table below `keys`, or an empty one where something else stands there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """A list as it is; everything else as no list."""
    return value if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The texts of a list; a single text counts as a list of one."""
    if isinstance(value, str):
        return [value]
    return [one for one in as_list(value) if isinstance(one, str)]
