"""What is told of the platform, as the code has it: ``python -m server.openapi write|check``.

Keeps docs/openapi.json (OpenAPI 3.1) and the tables of docs/protocol.md.
"""

import json
import sys
import tempfile
from pathlib import Path

from server import protocol_tables
from server.core.database import Database
from server.web import create_app

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def describe() -> str:
    """The description as the code has it now."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.db")
        try:
            return json.dumps(create_app(database, Path(folder)).openapi(), indent=1, ensure_ascii=False) + "\n"
        finally:
            database.close()


def pages() -> dict[Path, str]:
    """Every kept file with what it should say now."""
    protocol = protocol_tables.FILE
    return {FILE: describe(), protocol: protocol_tables.with_tables(protocol.read_text("utf-8"))}


def main(words: list[str]) -> int:
    """Write the files, or tell which of them is not what the code does."""
    if words not in (["write"], ["check"]):
        print(__doc__)
        return 2
    wrong = {path: text for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in wrong.items():
        if words == ["write"]:
            path.write_text(text, "utf-8", newline="\n")
        else:
            print(f"docs/{path.name} is not what the code does: python -m server.openapi write")
    if words == ["check"] and not wrong:
        print("docs/openapi.json and docs/protocol.md tell what the code does.")
    return 1 if wrong and words == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
