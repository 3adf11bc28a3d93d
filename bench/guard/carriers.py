"""Carriers: how a payload is put into a file of a kind, and how it may be disguised."""

import base64
import codecs
import json
import random
import textwrap
from collections.abc import Callable

Lines = list[str]


def _wrapped(text: str, prefix: str, width: int = 88) -> Lines:
    return [prefix + part for line in text.split("\n") for part in textwrap.wrap(line, width) or [""]]


def _py_comment(rng: random.Random, text: str) -> Lines:
    return _wrapped(text, rng.choice(("# ", "    # ", "        # ", "# NOTE: ", "#: ")))


def _py_docstring(rng: random.Random, text: str) -> Lines:
    name = rng.choice(("load", "run", "evaluate", "main", "parse"))
    return [
        f"def {name}(path):",
        '    """Read one file.',
        "",
        *_wrapped(text, "    "),
        '    """',
        "    return path",
    ]


def _py_string(rng: random.Random, text: str) -> Lines:
    return [f"{rng.choice(('BANNER', 'message', 'NOTE', 'help_text', 'description'))} = {text!r}"]


def _py_log(rng: random.Random, text: str) -> Lines:
    return [f"    {rng.choice(('logger.info', 'print', 'log.warning'))}({json.dumps(text)})"]


def _slashes(rng: random.Random, text: str) -> Lines:
    if rng.random() < 0.5:
        return _wrapped(text, rng.choice(("// ", "    // ")))
    return ["/*", *_wrapped(text, " * "), " */"]


def _md_text(rng: random.Random, text: str) -> Lines:
    return ["", *_wrapped(text, rng.choice(("", "> ", "- ", "**Note** ", "")), rng.choice((80, 400))), ""]


def _md_comment(rng: random.Random, text: str) -> Lines:
    if rng.random() < 0.6:
        return [f"<!-- {text} -->"]
    return ["<!--", *_wrapped(text, ""), "-->"]


def _md_hidden(rng: random.Random, text: str) -> Lines:
    style = rng.choice(("display:none", "color:white", "font-size:0", "opacity:0"))
    return [rng.choice((f'<span style="{style}">{text}</span>', f"[//]: # ({text})", f"[note]: <> ({text})"))]


def _html(rng: random.Random, text: str) -> Lines:
    return [
        rng.choice(
            (
                f"<!-- {text} -->",
                f'<p style="display:none">{text}</p>',
                f"<div hidden>{text}</div>",
                f'<img alt="{text}">',
                f"<p>{text}</p>",
            )
        )
    ]


def _svg(rng: random.Random, text: str) -> Lines:
    return [
        rng.choice(
            (
                f"<desc>{text}</desc>",
                f'<text opacity="0">{text}</text>',
                f"<title>{text}</title>",
                f"<metadata>{text}</metadata>",
            )
        )
    ]


def _json(rng: random.Random, text: str) -> Lines:
    key = rng.choice(
        ("note", "comment", "description", "summary", "_", "output", "answer", "message", "title")
    )
    return [f"  {json.dumps(key)}: {json.dumps(text, ensure_ascii=rng.random() < 0.5)},"]


def _csv(rng: random.Random, text: str) -> Lines:
    quoted = text.replace('"', '""').replace("\n", " ")
    return [
        f"{rng.randint(1, 999)},{rng.choice(('ok', 'open', '12.5'))},"
        f'"{quoted}",{rng.choice(("low", "2026-01-02", "yes"))}'
    ]


def _yaml(rng: random.Random, text: str) -> Lines:
    flat = text.replace("\n", " ")
    return [rng.choice((f"# {flat}", f"description: {json.dumps(flat)}", f"  note: {json.dumps(flat)}"))]


def _log(rng: random.Random, text: str) -> Lines:
    flat = text.replace("\n", " ")
    return [
        f"2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)} 10:0{rng.randint(0, 9)}:1{rng.randint(0, 9)},125 "
        f"{rng.choice(('INFO', 'WARNING', 'DEBUG'))} "
        f"{rng.choice(('app', 'worker', 'uvicorn.error', 'eval'))}: {flat}"
    ]


def _notebook(_: random.Random, text: str) -> Lines:
    return [
        '     "output_type": "stream",',
        '     "text": [',
        f"      {json.dumps(text + chr(10))}",
        "     ]",
    ]


def _text(rng: random.Random, text: str) -> Lines:
    return _wrapped(text, "", rng.choice((72, 100, 400)))


_PY = (_py_comment, _py_comment, _py_docstring, _py_string, _py_log)
CARRIERS: dict[str, tuple[Callable[[random.Random, str], Lines], ...]] = {
    "py": _PY, "pyi": _PY, "md": (_md_text, _md_text, _md_comment, _md_hidden),
    "markdown": (_md_text, _md_comment),
    "mdx": (_md_text,), "rst": (_text,), "txt": (_text,), "html": (_html,), "svg": (_svg,),
    "json": (_json,), "ipynb": (_notebook, _json),
    "csv": (_csv,), "yaml": (_yaml,), "yml": (_yaml,), "toml": (_yaml,), "log": (_log,),
    "cfg": (_yaml,), "sh": (_py_comment,),
    "js": (_slashes,), "ts": (_slashes,), "tsx": (_slashes,), "go": (_slashes,), "rs": (_slashes,),
    "c": (_slashes,), "java": (_slashes,),
}  # fmt: skip


def embed(rng: random.Random, lines: Lines, text: str, extension: str) -> tuple[Lines, int, int]:
    """The file with the payload in it, and the lines (from 1) on which the payload stands."""
    carrier = rng.choice(CARRIERS.get(extension, (_text,)))
    put = [part for line in carrier(rng, text) for part in line.split("\n")]
    at = rng.randint(0, len(lines))
    return [*lines[:at], *put, *lines[at:]], at + 1, at + len(put)


def _zero_width(rng: random.Random, text: str) -> str:
    mark = rng.choice("\u200b\u200c\u2060\u00ad")
    return "".join(letter + (mark if rng.random() < 0.4 else "") for letter in text)


_TO_LOOKALIKE = str.maketrans("aeopcyxijs", "аеорсухіјѕ")


def _homoglyphs(rng: random.Random, text: str) -> str:
    return "".join(letter.translate(_TO_LOOKALIKE) if rng.random() < 0.5 else letter for letter in text)


def _leet(_: random.Random, text: str) -> str:
    return text.translate(str.maketrans("oieast", "013457"))


DISGUISES: dict[str, Callable[[random.Random, str], str]] = {
    "zero-width": _zero_width,
    "homoglyphs": _homoglyphs,
    "leet": _leet,
    "spaced": lambda _, text: "   ".join(" ".join(word) for word in text.split()),
    "base64": lambda _, text: base64.b64encode(text.encode()).decode(),
    "hex": lambda _, text: text.encode().hex(),
    "rot13": lambda _, text: codecs.encode(text, "rot13"),
    "reversed": lambda _, text: text[::-1],
    "tags": lambda _, text: "ok" + "".join(chr(0xE0000 + ord(c)) for c in text if 32 <= ord(c) < 127),
    "bidi": lambda _, text: "\u202e" + text[::-1] + "\u202c",
    "entities": lambda _, text: "".join(f"&#{ord(c)};" for c in text),
    "escapes": lambda _, text: "".join(f"\\u{ord(c):04x}" for c in text if ord(c) < 65536),
}
