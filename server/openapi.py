"""The OpenAPI 3.1 description of the platform: ``python -m server.openapi write|check`` keeps docs/openapi.json."""

import json
import sys
import tempfile
from pathlib import Path

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


def main(words: list[str]) -> int:
    if words == ["write"]:
        FILE.write_text(describe(), "utf-8")
        return 0
    if FILE.exists() and FILE.read_text("utf-8") == describe():
        print("docs/openapi.json tells what the code does.")
        return 0
    print("docs/openapi.json is not what the code does: python -m server.openapi write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
