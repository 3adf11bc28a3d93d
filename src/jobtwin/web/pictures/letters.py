"""Letters of five by seven dots, drawn for this project: capitals, digits and the marks that titles use.

Each glyph is seven digits of base 32, one a row from top to bottom; the highest bit is the left dot.
"""

import unicodedata

WIDTH, HEIGHT, STEP = 5, 7, 6

_GLYPHS = {
    "A": "EHHVHHH", "B": "UHHUHHU", "C": "EHGGGHE", "D": "UHHHHHU", "E": "VGGUGGV", "F": "VGGUGGG",
    "G": "EHGNHHF", "H": "HHHVHHH", "I": "E44444E", "J": "72222IC", "K": "HIKOKIH", "L": "GGGGGGV",
    "M": "HRLLHHH", "N": "HHPLJHH", "O": "EHHHHHE", "P": "UHHUGGG", "Q": "EHHHLID", "R": "UHHUKIH",
    "S": "FGGE11U", "T": "V444444", "U": "HHHHHHE", "V": "HHHHHA4", "W": "HHHLLRH", "X": "HHA4AHH",
    "Y": "HHA4444", "Z": "V1248GV", "0": "EHJLPHE", "1": "4C4444E", "2": "EH1248V", "3": "V2421HE",
    "4": "26AIV22", "5": "VGU11HE", "6": "68GUHHE", "7": "V124888", "8": "EHHEHHE", "9": "EHHF12C",
    ".": "00000CC", ",": "0000C48", ":": "0CC0CC0", "-": "000E000", "/": "01248G0", "(": "2488842",
    ")": "8422248", "'": "C480000", "&": "CIK8LID", "+": "044V440", "%": "OP248J3", "!": "4444404",
    "?": "EH12404", "_": "000000V", "#": "AAVAVAA", "=": "00V0V00", " ": "0000000",
}  # fmt: skip
_UNKNOWN = "VHHHHHV"
_SAME = str.maketrans({"–": "-", "—": "-", "’": "'", "“": "'", "”": "'", '"': "'", "·": ".", "…": "."})


def drawable(text: str) -> str:
    """The text as these letters can show it: capitals without accents, one line."""
    plain = unicodedata.normalize("NFKD", text.translate(_SAME).replace("ß", "ss")).upper()
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


def dots(letter: str) -> list[tuple[int, int]]:
    """The dots (column, row) of one drawable letter; an open box for one that is not here."""
    rows = (int(digit, 32) for digit in _GLYPHS.get(letter, _UNKNOWN))
    return [(x, y) for y, row in enumerate(rows) for x in range(WIDTH) if row >> (WIDTH - 1 - x) & 1]


def wrapped(text: str, columns: int, lines: int) -> list[str]:
    """The drawable text in at most so many lines; what does not fit ends in three points."""
    found = [""]
    for word in drawable(text).split(" "):
        joined = f"{found[-1]} {word}".strip()
        if len(joined) <= columns or not found[-1]:
            found[-1] = joined[:columns]
        else:
            found.append(word[:columns])
    if len(found) > lines:
        found = [*found[: lines - 1], f"{found[lines - 1][: columns - 3]}..."]
    return found
