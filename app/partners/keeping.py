"""What a teacher keeps of partners: stars in folders, notes, saved searches, reminders, and a table to take along."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.partners.finding import PartnerUseCases, Query, Teacher
from app.today_item import TodayItem
from local_db import disk
from local_db.store import Store
from local_db.tables import partners, settings
from local_db.tables.partners import FollowUp, SavedSearch

NEW_PEOPLE = "saved_searches_new"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class KeepingUseCases:
    """None of it leaves this computer, except the table that the teacher saves."""

    def __init__(self, store: Store, finding: PartnerUseCases) -> None:
        self._store, self._finding = store, finding

    def star(self, partner_id: str, on: bool, folder_id: str = "") -> None:
        """Star a teacher and put them into a folder (empty for none), or take the star away."""
        partners.star(self._store, partner_id, on, folder_id)

    def folder_of(self, partner_id: str) -> str:
        """The id of the folder a starred teacher is in, empty for none."""
        return partners.stars(self._store).get(partner_id, "")

    def folders(self) -> list[tuple[str, str]]:
        """``(id, name)`` by name."""
        return partners.folders(self._store)

    def add_folder(self, name: str) -> str:
        """Make an empty folder; returns its id."""
        return partners.add_folder(self._store, name.strip())

    def remove_folder(self, folder_id: str) -> Callable[[], None]:
        """Remove a folder, its teachers stay starred; returns the undo."""
        name = dict(self.folders()).get(folder_id, "")
        held = partners.remove_folder(self._store, folder_id)
        return lambda: partners.restore_folder(self._store, folder_id, name, held)

    def note(self, partner_id: str) -> str:
        """The private note about a teacher, empty if there is none."""
        return partners.note(self._store, partner_id)

    def keep_note(self, partner_id: str, words: str) -> None:
        """Write the note about a teacher, in place of the one before."""
        partners.keep_note(self._store, partner_id, words)

    # -- saved searches --------------------------------------------------------------------

    def saved_searches(self) -> list[SavedSearch]:
        """Every saved search, the oldest first."""
        return partners.saved_searches(self._store)

    def save_search(self, name: str, query: Query) -> str:
        """Save a search under a name; whoever is in the directory now is not new to it. Returns its id."""
        return partners.save_search(self._store, name.strip(), query.as_data(), self._finding.newest_row())

    def new_people(self) -> dict[str, int]:
        """For each saved search, how many teachers came since it was last opened; kept for Today. For the search thread."""
        counts = {
            kept.id: self._finding.new_since(Query.from_data(kept.query), kept.newest) for kept in self.saved_searches()
        }
        settings.put(self._store, NEW_PEOPLE, counts)
        return counts

    def known_new_people(self) -> list[tuple[SavedSearch, int]]:
        """The saved searches that new teachers fit, as they were last counted."""
        counts = settings.get(self._store, NEW_PEOPLE, {})
        return [(kept, counts[kept.id]) for kept in self.saved_searches() if counts.get(kept.id)]

    def open_search(self, search_id: str) -> Query | None:
        """The query of a saved search, which counts as looked at from now on."""
        kept = next((kept for kept in self.saved_searches() if kept.id == search_id), None)
        if kept is None:
            return None
        query = Query.from_data(kept.query)
        partners.looked_at(self._store, search_id, self._finding.newest_row())
        settings.put(self._store, NEW_PEOPLE, {**settings.get(self._store, NEW_PEOPLE, {}), search_id: 0})
        return query

    def remove_search(self, search_id: str) -> Callable[[], object]:
        """Remove a saved search; returns the undo."""
        kept = next(kept for kept in self.saved_searches() if kept.id == search_id)
        partners.remove_search(self._store, search_id)
        return lambda: partners.save_search(self._store, kept.name, kept.query, kept.newest, kept.id)

    # -- reminders -------------------------------------------------------------------------

    def follow_up(self, partner_id: str) -> FollowUp:
        """The reminder about a teacher; an empty one if none was set."""
        return partners.follow_up(self._store, partner_id)

    def remind(self, partner_id: str, day: str) -> None:
        """Show the partner under Today from an ISO date on; empty takes the reminder back."""
        known = self.follow_up(partner_id)
        partners.keep_follow_up(self._store, partner_id, FollowUp(day, known.silent))

    def mark_silent(self, partner_id: str, silent: bool) -> None:
        """Mark somebody as one who does not answer, or take the mark back; a reminder goes either way."""
        partners.keep_follow_up(self._store, partner_id, FollowUp("", silent))

    def today(self) -> list[TodayItem]:
        """Whom one wanted to write to again, and new people of saved searches."""
        reminders = [TodayItem("remind", row.name, row.id, row.name) for row in self.due()]
        searches = self.known_new_people()
        return reminders + [TodayItem("new_people", kept.name, kept.id, str(count)) for kept, count in searches]

    def due(self) -> list[Teacher]:
        """Whom to write to again today."""
        today = date.today().isoformat()
        ids = [
            partner_id for partner_id, kept in partners.follow_ups(self._store).items() if "" < kept.remind_on <= today
        ]
        return self._finding.get_all(ids)

    # -- a table to take along -------------------------------------------------------------

    def export_csv(self, target: Path, header: list[str]) -> int:
        """Write the starred teachers as CSV for a spreadsheet, with ``header`` as first line; returns how many.

        Cells that a spreadsheet would take for a formula begin with an apostrophe (OWASP, CSV injection). Raises StoreError.
        """
        starred, notes, folders = partners.stars(self._store), partners.notes(self._store), dict(self.folders())
        rows = self._finding.get_all(starred)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([_cell(text) for text in header])
        for row in rows:
            writer.writerow(
                [
                    _cell(text)
                    for text in (
                        row.name,
                        row.school,
                        row.town,
                        row.country,
                        " ".join(row.languages),
                        " ".join(row.subjects),
                        f"{row.age_from} to {row.age_to}",
                        folders.get(starred[row.id], ""),
                        notes.get(row.id, ""),
                    )
                ]
            )
        disk.write_out(target, [out.getvalue().encode("utf-8-sig")])
        return len(rows)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
