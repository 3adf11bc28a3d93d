"""Migrations are safe while the former version serves: nothing that it reads or writes goes away under it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/jobtwin/store/migrations"
MIGRATIONS = sorted(FOLDER.glob("0*.py"))
RETIRED: dict[str, str] = {}
"""What may be dropped: `migration: what` -> the earlier migration after which no version used it any more."""
DROPS = re.compile(r"migrations\.(RemoveField|DeleteModel|RenameField|RenameModel|AlterModelTable)\b")
DROPS_IN_SQL = re.compile(r"\b(?:DROP\s+(?:TABLE|COLUMN)|RENAME\s+(?:TO|COLUMN))\b", re.IGNORECASE)


def forward(text: str) -> str:
    """A migration without what it does backwards: the second argument of RunSQL, and NO_... constants."""
    text = re.sub(r"^NO_\w+ = .*?^\"\"\"$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(RunSQL\(\s*\w+,)\s*\"[^\"]*\"", r"\1", text)


def test_nothing_is_dropped_or_renamed_in_one_step() -> None:
    names = [path.stem for path in MIGRATIONS]
    for path in MIGRATIONS:
        text = forward(path.read_text())
        for found in [*DROPS.findall(text), *DROPS_IN_SQL.findall(text)]:
            former = RETIRED.get(f"{path.stem}: {found}")
            assert former, f"{path.name}: {found}: first let a version stop using it, then name it in RETIRED"
            assert names.index(former) < names.index(path.stem)


def test_a_planted_drop_is_found() -> None:
    assert DROPS.search(forward("migrations.RemoveField(model_name='mark', name='scores')"))
    assert DROPS_IN_SQL.search(forward('migrations.RunSQL("ALTER TABLE store_mark DROP COLUMN scores")'))
    assert not DROPS_IN_SQL.search(forward('migrations.RunSQL(CACHE, "DROP TABLE store_cache")'))


def test_migrations_stand_in_one_row() -> None:
    numbers = [int(path.stem[:4]) for path in MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))
