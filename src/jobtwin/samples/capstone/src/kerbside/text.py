"""Text as the matcher sees it: one alphabet, no invisible characters, no plural endings."""

import re
import unicodedata

# Letters that look Latin. They are folded only inside a word that also holds a Latin letter,
# so that words really written in Cyrillic or Greek stay as they are.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһктοαερικντυ", "aeopcyxijsdhktoaepikvtu")
_LATIN = re.compile(r"[a-z]")
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    "a about across after against all along also an and any are around as at be been before "
    "behind between but by can do for from get go has have he her here him i if in into is it "
    "its me my near next no not of off on or our out outside over please she since so some that "
    "the their them there they this to under up us was we were what when where which who will "
    "with you your".split()
)


def normalise(text: str) -> str:
    """Lower case, compatibility forms folded, accents, format and control characters removed."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = (
        " " if character in "\r\n\t" else character
        for character in folded
        if character in "\r\n\t" or unicodedata.category(character) not in {"Mn", "Cf", "Cc"}
    )
    return _WORD.sub(lambda match: _fold_lookalikes(match.group()), "".join(kept))


def _fold_lookalikes(word: str) -> str:
    return word.translate(_LOOKALIKES) if _LATIN.search(word) else word


def stem(word: str) -> str:
    """Cut an English plural; words of up to three letters stay whole."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        return word[:-1]
    return word


def words(text: str) -> list[str]:
    """The stemmed words of a text in order, stop words left out."""
    found = _WORD.findall(normalise(text))
    return [stem(word) for word in found if word not in _STOP]
