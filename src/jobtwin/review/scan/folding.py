"""Folding: text as a reader sees it, so that look-alike, split or invisible characters change nothing.

Unicode TR39 (confusables) and TR36 name the tricks; only letters that pass for Latin ones are mapped.
"""

import re
import unicodedata

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁԛԝһӏкмнтвАВЕКМНОРСТХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχɡıⅼ",
    "aeopcyxijsdqwhlkmhtbABEKMHOPCTXIJSABEZHIKMNOPTYXaeiknoptuxgil",
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]{1,8}")
_MIXED = re.compile(r"[^\W\d_]*(?:[a-zA-Z][\u0370-\u052f]|[\u0370-\u052f][a-zA-Z])[^\W\d_]*")
_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(
    r"(?<![\w.-])(?=\w*[a-z@$])(?=\w*[013457@$])(?!\d\d+[a-z]{1,3}\b)[a-z013457@$]{2,14}(?![\w.-])"
)
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._\-*]){4,}\w(?!\w)")
_TAG_BASE = 0xE0000


def fold(text: str) -> str:
    """Lower-case text without invisible characters, with look-alike letters as the Latin ones.

    ASCII text is only lowered. Numbers, words and lines keep their order; the length may change.
    """
    if text.isascii():
        return text.lower()
    plain = _INVISIBLE.sub("", text)
    plain = unicodedata.normalize("NFKC", plain)
    plain = _MIXED.sub(lambda found: found.group().translate(_LOOKALIKES), plain)
    return _MARKS.sub("", plain).lower()


def unspaced(folded: str) -> str:
    """`i g n o r e` as `ignore`: runs of single letters are joined."""
    return _SPACED.sub(lambda found: re.sub(r"[ ._\-*]", "", found.group()), folded)


def unleet(folded: str) -> str:
    """`1gn0re` as `ignore`: digits inside words of letters are read as the letters they stand for."""
    return _LEET_WORD.sub(lambda found: found.group().translate(_LEET), folded)


def all_lookalike(text: str) -> str:
    """Every look-alike letter as Latin, whole words of another script included."""
    return text.translate(_LOOKALIKES)


def untagged(text: str) -> str:
    """The ASCII that Unicode tag characters (U+E0020..U+E007E) spell."""
    return "".join(chr(ord(one) - _TAG_BASE) for one in text if 0xE0020 <= ord(one) <= 0xE007E)
