"""Finding partners in the directory on this computer; stars and notes that never leave it."""

from collections.abc import Callable

from uuid6 import uuid7

from local_db.store import Store
from local_db.tables import outbox, partners, records
from local_db.tables.partners import Found, PartnerRow, Query

__all__ = ["Found", "PartnerRow", "PartnerUseCases", "Query"]


class PartnerUseCases:
    """Searching, starring, noting, and asking to be a contact."""

    def __init__(self, store: Store, queued: Callable[[], None]) -> None:
        self._store, self._queued = store, queued

    def search(self, query: Query, offset: int = 0) -> Found:
        return partners.search(self._store, query, offset)

    def get(self, partner_id: str) -> PartnerRow | None:
        return partners.get(self._store, partner_id)

    def directory_size(self) -> tuple[int, int, float | None]:
        """How many teachers, how many countries, and when the directory came (seconds since 1970)."""
        return partners.directory_size(self._store)

    def star(self, partner_id: str, on: bool) -> None:
        partners.star(self._store, partner_id, on)

    def note(self, partner_id: str) -> str:
        return partners.note(self._store, partner_id)

    def keep_note(self, partner_id: str, words: str) -> None:
        partners.keep_note(self._store, partner_id, words)

    def contact_state(self, partner_id: str) -> str:
        """``contact``, ``asked``, ``asks_you``, ``declined``, ``waiting`` (unsent) or ``none``."""
        for row in records.all_of(self._store, "contact"):
            if row.fields.get("account_id") == partner_id:
                return str(row.fields.get("state"))
        queued = outbox.has_command(self._store, ("ask_contact",), partner_id)
        return "waiting" if queued and queued != outbox.REFUSED else "none"

    def ask_contact(self, partner_id: str) -> None:
        """Ask someone to be a contact; sent at the next sync."""
        self._command("ask_contact", partner_id)

    def answer_contact(self, partner_id: str, accept: bool) -> None:
        self._command("answer_contact", partner_id, accept=accept)

    def _command(self, name: str, partner_id: str, **args: bool) -> None:
        with self._store.transaction():
            outbox.add(self._store, str(uuid7()), "command", "", (name, partner_id), {"account_id": partner_id, **args})
        self._queued()
