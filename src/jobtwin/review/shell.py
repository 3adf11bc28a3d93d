"""Lines of shell as data: which programs they start, so that a word somewhere in a line is no command.

Nothing is run and no variable is known; what cannot be told counts as started.
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_WORDS = 400
_VARIABLES = re.compile(r"\$\{\{.*?\}\}|\$\([^()]*\)|`[^`]*`")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\+?=.*", re.DOTALL)
_HERE = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
_FUNCTION = re.compile(r"(?:function\s+)?([\w-]+)\s*\(\)\s*\{?|function\s+([\w-]+)\s*\{?")
_OPENS = re.compile(r"(?:el)?if\s+(.*?);?\s*(?:then\b.*)?$")
_ENDS = re.compile(r"(?:exit|return)(?:\s+0)?\s*;?$")
_KEYWORDS = frozenset(
    {
        "then",
        "do",
        "else",
        "{",
        "(",
        "time",
        "exec",
        "sudo",
        "nohup",
        "command",
        "builtin",
        "if",
        "elif",
        "while",
    }
)
_SETTERS = frozenset({"env", "timeout", "nice", "xvfb-run", "ionice", "stdbuf", "dotenv"})
_JOINS = frozenset({"&&", "||", ";", "|", "&", "|&", ";;", ")", "}"})
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ash"})
RUNNERS_NAMES = """
python python3 py uv uvx poetry pdm hatch rye pipenv pipx pixi nox tox pytest coverage make just task npm
npx pnpm pnpx yarn bun bunx node deno ts-node tsx docker docker-compose podman bash sh zsh dash cargo go
bazel bazelisk pants gradle gradlew mvn mvnw nix nix-shell devbox devenv conda mamba micromamba inspect
invoke inv doit django-admin earthly dagger act turbo nx lerna rush mise asdf rake bundle composer dotnet
sbt mix ssh kubectl heroku fly srun concurrently
"""
RUNNERS = frozenset(RUNNERS_NAMES.split())
"""Programs whose arguments may be what runs; of any other only its own name says what it does."""
_IDLE_NAMES = """
echo printf : true false cat ls exit return expr sleep grep egrep rg which type alias export git mkdir touch
rm cp mv cd pushd popd test [ [[ find head tail sed awk man help date whoami tee wc diff chmod chown read
set unset source . local declare readonly eval trap wait kill stat file du df tar zip unzip gzip sha256sum
md5sum basename dirname realpath pwd id uname hostname sort uniq cut tr seq yes break continue shift let
mktemp ln tree less more code vim nano open say logger write wall banner figlet cowsay
"""
_IDLE = frozenset(_IDLE_NAMES.split())
_DOCKER_RUNS = frozenset({"run", "exec", "scout", "up", "bake"})
_CONTAINERS = frozenset({"docker", "podman", "docker-compose"})
_VALUED_NAMES = """
-e --env -t --tag --name --with -w --workdir -v --volume -p --publish --build-arg --label -l --target
--entrypoint --env-file --group --extra --python --with-requirements --from-image --network --user -u
--mount --platform
"""
_VALUED = frozenset(_VALUED_NAMES.split())


@dataclass(frozen=True, slots=True)
class Started:
    """One program with its words (quotes gone), `joined` by what stands before it."""

    words: tuple[str, ...]
    joined: str = ""

    @property
    def program(self) -> str:
        return self.words[0].rpartition("/")[2]


def started(row: str) -> list[Started]:
    """The programs of a row that run and whose failure is noticed."""
    parts = list(_parts(row))
    kept: list[Started] = []
    for index, part in enumerate(parts):
        after = parts[index + 1] if index + 1 < len(parts) else None
        if _cannot_hold(part) and after is not None and after.joined == "&&":
            break
        if part.joined == "||" or part.program in {"!", *_IDLE}:
            continue
        if after is None or after.joined not in {"||", "&"} or _still_fails(part, parts[index + 1 :]):
            kept.append(part)
    return kept


def _still_fails(part: Started, after: list[Started]) -> bool:
    """True where what follows `||` fails, too, or tries the same again."""
    if after[0].joined == "&":
        return False
    ends = [one.words for one in after if one.program in {"exit", "return", "false"}]
    return any(words[-1] != "0" for words in ends) or after[0].program == part.program


def _cannot_hold(part: Started) -> bool:
    """True for `false`, and for a test of two constants that differ."""
    if part.program == "false":
        return True
    words = [word for word in part.words[1:] if word not in {"]", "]]", "x"}]
    if part.program not in {"[", "[[", "test"} or len(words) != 3 or any("$" in word for word in words):
        return False
    return words[1] in {"=", "==", "-eq"} and words[0] != words[2]


def _parts(row: str) -> Iterator[Started]:
    words: list[str] = []
    joined = ""
    for word in [*_tokens(row), ";"]:
        if word not in _JOINS:
            words.append(word)
            continue
        plain = _without_wrappers(words)
        if plain:
            yield from _inside(Started(tuple(plain), joined))
        if word == "&" and plain:
            yield Started(("true",), "&")
        joined, words = ("" if word in {";", ";;", ")", "}"} and not plain else word), []


def _inside(part: Started) -> Iterator[Started]:
    """A part, or what a shell is given to run as text."""
    if part.program in _SHELLS and len(part.words) > 2 and re.fullmatch(r"-\w*c", part.words[1]):
        yield from _parts(part.words[2])
    else:
        yield part


def _tokens(row: str) -> list[str]:
    text = _VARIABLES.sub("$X", row)
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)[:MAX_WORDS]
    except ValueError:
        return text.split()[:MAX_WORDS]


def _without_wrappers(words: list[str]) -> list[str]:
    """Words from the program on: no assignments, no `sudo`, no `timeout 5m`."""
    at = 0
    while at < len(words):
        name = words[at].rpartition("/")[2]
        if name in _SETTERS:
            at += 1
            while at < len(words) and re.match(r"-|\d|\w+=", words[at]):
                at += 1
        elif name == "command" and words[at + 1 : at + 2] in (["-v"], ["-V"]):
            return ["which"]
        elif name in _KEYWORDS or _ASSIGNED.fullmatch(words[at]):
            at += 2 if words[at : at + 2] in (["if", "!"], ["elif", "!"]) else 1
        else:
            return words[at:]
    return []


def said(part: Started) -> str:
    """The words of a started program that can say what it does: its name, and of a runner its arguments.

    Sentences, and values of options that only give names, are left out.
    """
    name = part.program
    if name not in RUNNERS:
        return " ".join(word for word in (part.words[0], *part.words[1:3]) if _is_plain(word))
    words = _without_values(part.words)
    if name in _CONTAINERS and not _DOCKER_RUNS & set(words[:4]):
        return " ".join(words[:2])
    return " ".join(word for word in words if " " not in word and "\n" not in word)


def _is_plain(word: str) -> bool:
    return re.fullmatch(r"[\w./@+-]*", word) is not None


def _without_values(words: tuple[str, ...]) -> list[str]:
    kept: list[str] = []
    skips = False
    for word in words:
        if not skips:
            kept.append(word)
        skips = word in _VALUED
    return kept


def rows_that_run(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Rows of a script that are reached: continued rows as one, no texts that are fed to a program, no
    functions that nobody calls, nothing behind `if false` or after a plain `exit`.
    """
    whole = list(_continued(rows))
    text = "\n".join(row for _, row in whole)
    here, function, depth, dead = "", 0, 0, 0
    for number, row in whole:
        plain = row.strip()
        if here:
            here = "" if plain == here else here
            continue
        if function:
            function += plain.count("{") - plain.count("}")
            continue
        opened = _OPENS.match(plain)
        if opened and not plain.startswith("el"):
            depth += not re.search(r"\bfi\b", plain)
            dead = dead or (depth if _never(opened[1]) and not re.search(r"\bfi\b", plain) else 0)
        elif dead == depth and re.match(r"else\b|elif\b", plain):
            dead = 0
        elif re.match(r"fi\b", plain):
            dead, depth = (0 if dead == depth else dead), max(0, depth - 1)
        found = _FUNCTION.match(plain)
        if found and len(re.findall(rf"(?<![\w-]){re.escape(found[1] or found[2])}(?![\w-])", text)) < 2:
            function = max(plain.count("{"), 1) - plain.count("}")
            continue
        if dead or (opened and _never(opened[1])):
            continue
        if depth == 0 and _ENDS.match(plain):
            return
        fed = _HERE.search(row)
        here = fed[1] if fed else ""
        yield number, row


def _never(condition: str) -> bool:
    parts = list(_parts(condition))
    return bool(parts) and (_cannot_hold(parts[0]) or parts[0].words[:2] == ("!", "true"))


def _continued(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    first, held = 0, ""
    for number, row in rows:
        first = first or number
        held = f"{held} {row.strip()}" if held else row
        if held.endswith("\\") and len(held) < 20_000:
            held = held[:-1].rstrip()
        else:
            yield first, held
            first, held = 0, ""
    if held:
        yield first, held
