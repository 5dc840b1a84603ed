"""What a search of the library finds: whatever the case, the accents, the writing, and every symbol."""

from pathlib import Path

from imagestudio.store.database import Database
from imagestudio.store.library import Filter, LibraryStore
from imagestudio.store.migrate import migrate
from tests.library import seed

PROMPTS = (
    "A fox 🦊 in the snow, 50% off (sale)",
    "Die Große Straße in KÖLN bei Łódź",
    "Новогодняя ёлка, Москва",
    "แมวดำนั่งบนโต๊ะ",
    "ແມວດຳ",
    "ខ្មែរ ឆ្មាខ្មៅ",
    "夜の東京タワー",
    "C++ & C# — “quoted” naïve ﬁne 👩‍🚀❤️",
    "हिन्दी में बिल्ली",
    "don't stop",
)
FOUND = {
    "🦊": [0],
    "fox🦊": [0],
    "fox 🐈": [],
    "%": [0],
    "50%": [0],
    "(": [0],
    "( sale": [0],
    "(sale)": [0],
    "fox,": [0],
    "FOX SNOW": [0],
    "strasse": [1],
    "STRASSE": [1],
    "straße": [1],
    "große straße": [1],
    '"grosse strasse"': [1],
    "koln": [1],
    "lodz": [1],
    "елка": [2],
    "ЁЛКА": [2],
    "новогод": [2],
    "แมว": [3],
    "ดำ": [3],
    "โต๊ะ": [3],
    "โตะ": [],
    "ดำแมว": [],
    "ດຳ": [4],
    "ខ្មៅ": [5],
    "東京": [6],
    "ﾀﾜｰ": [6],
    "c++": [7],
    "+": [7],
    "#": [7],
    "“": [7],
    "—": [7],
    "naive fine": [7],
    "❤": [7],
    "👩‍🚀": [7],
    "👩 🦊": [],
    "बिल्ली": [8],
    "don't": [9],
    "'": [9],
    "*": [],
    "^ -": [],
    "\u200d": [],
    "": [*range(10)],
    "  ": [*range(10)],
}


async def test_it_finds_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'studio.db'}"
    migrate(url)
    seed(tmp_path / "studio.db", len(PROMPTS), "ann", prompt_of=lambda number: PROMPTS[number])
    database = Database(url)
    library = LibraryStore(database)
    found = {
        text: sorted(int(entry.file.created_at) for entry in await library.page("ann", Filter(text=text), 50))
        for text in FOUND
    }
    await database.close()
    assert found == FOUND
