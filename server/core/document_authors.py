"""Whose the numbers are under which a document's edits are written (Yjs calls them client ids).

Every replica counts its own insertions under its number. Who wrote on under another's would make that other's next words
look as if they were there already: they would be taken in as nothing, and be lost on all other computers.
"""

from collections.abc import Iterable

from server.core.database import Database
from server.core.exchange_tables import DocumentAuthor
from sync.protocol.documents import DocumentError


class Authors:
    """The numbers of one document, looked up as they are met."""

    def __init__(self, db: Database, document_id: str, scope: str) -> None:
        self._db, self._document_id, self._scope = db, document_id, scope
        self._known: dict[int, str] = {}

    def check(self, account_id: str, numbers: Iterable[int]) -> None:
        """Raises DocumentError where one of the numbers is another account's."""
        self._look_up([number for number in numbers if number not in self._known])
        if any(self._known.get(number, account_id) != account_id for number in numbers):
            raise DocumentError("it goes on under another's number")

    def keep(self, account_id: str, numbers: Iterable[int]) -> None:
        """From now on the numbers that were nobody's are this account's."""
        for number in numbers:
            if number not in self._known:
                row = {"document_id": self._document_id, "number": number, "scope": self._scope}
                self._db.run(DocumentAuthor.insert(**row, account_id=account_id))
                self._known[number] = account_id

    def _look_up(self, numbers: list[int]) -> None:
        for start in range(0, len(numbers), 500):
            part = DocumentAuthor.number.in_(numbers[start : start + 500])
            rows = self._db.all(DocumentAuthor.select().where(DocumentAuthor.document_id == self._document_id, part))
            self._known |= {row["number"]: row["account_id"] for row in rows}
