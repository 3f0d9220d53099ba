"""Files on their way, one after the other: a bad one is put aside with a reason, and the rest goes on."""

import re
from collections.abc import Callable

from local_db.errors import FileDamagedError, StoreError
from local_db.store import Store
from local_db.tables import file_use, publications, records, transfers
from local_db.tables.transfers import REFUSED, WAITING, TransferRow
from sync.client import ApiClient
from sync.downloads import Download, forget, is_wanted
from sync.errors import BadAnswerError, BusyError, RefusedError, SyncError
from sync.uploads import PART, Upload, end_cancelled

__all__ = ["PART", "TransferQueue", "reconcile_permissions"]

MAX_FILE = 100_000_000  # bytes
STUMBLES = 3  # answers that make no sense, after which a file is put aside
IN_A_ROW = 2  # files that fail for the platform's sake, after which the others wait too
Progress = Callable[[int, int], None]  # bytes done, bytes in all
Note = Callable[[str, BaseException], None]  # what was being done, and a fault of the program
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def reconcile_permissions(store: Store) -> bool:
    """Let a withdrawn permission win, also against an older or newer copy of the profile; True if anything changed.

    Call it when what the platform has was read, before files move; then exchange again what was queued.
    """
    return publications.reconcile(store)


class TransferQueue:
    """Moves the files that wait; a cut one goes on where it stopped. ``note`` is told of faults of the program."""

    def __init__(self, store: Store, client: ApiClient, note: Note = lambda _doing, _error: None) -> None:
        self._store, self._client, self._note = store, client, note

    def run(self, progress: Progress) -> int:
        """Move everything that waits; returns how many files arrived.

        Raises SyncError when the line breaks or the platform is busy, and StoreError when this computer's disk
        cannot go on; what was done stays done.
        """
        waiting = sorted(transfers.waiting(self._store), key=lambda row: int(row.body.get("stumbles", 0)))
        total, done, arrived, in_a_row = sum(row.size for row in waiting), 0, 0, 0
        trouble: SyncError | None = None
        for row in waiting:

            def step(part: int, before: int = done) -> None:
                progress(before + part, total)

            try:
                arrived += self._move(row, step)
                in_a_row = 0
            except (BadAnswerError, BusyError) as error:
                trouble, in_a_row = trouble or error, in_a_row + 1
                self._stumbled(row, error)
                if in_a_row == IN_A_ROW or getattr(error, "asked", False):
                    raise
            done += row.size
        if trouble:
            raise trouble
        return arrived

    def queue_missing(self) -> int:
        """Ask for every published material that is not here, and drop what nobody wants any more; returns how many wait."""
        self._drop_unwanted()
        end_cancelled(self._store, self._client)
        queued = 0
        for material in records.all_of(self._store, "material"):
            sha256, size = str(material.fields.get("sha256", "")), material.fields.get("size")
            if not _SHA256.match(sha256) or not isinstance(size, int) or not 0 < size <= MAX_FILE:
                continue
            if self._store.files.has(sha256):
                continue
            transfers.add(
                self._store,
                id=f"{material.id}-down",
                direction="down",
                material_id=material.id,
                size=size,
                project_id=material.scope.removeprefix("project:"),
                sha256=sha256,
            )
            queued += 1
        return queued

    def _move(self, row: TransferRow, step: Callable[[int], None]) -> bool:
        """Move one file; True when it arrived. Whatever is wrong with it alone puts it aside."""
        now = transfers.get(self._store, row.id)
        if now is None or now.state != WAITING:  # cancelled while others moved
            return False
        kind = Upload if row.direction == "up" else Download
        try:
            return kind(self._store, self._client, now, step).run()
        except RefusedError as refused:
            self._put_aside(row, refused.problem)
        except FileDamagedError:
            self._put_aside(row, "damaged" if row.direction == "down" else "copy_damaged")
        except (SyncError, StoreError):
            raise
        except Exception as error:  # a fault of the program must not hold up the other files
            self._note("files", error)
            self._put_aside(row, "unexpected")
        return False

    def _put_aside(self, row: TransferRow, reason: str) -> None:
        """Keep a file for the teacher to settle; what came of a download goes."""
        now = transfers.get(self._store, row.id)
        if now is None or now.state != WAITING:
            return
        body = {key: value for key, value in now.body.items() if key not in ("segments", "sizes", "stumbles")}
        transfers.change(self._store, row.id, state=REFUSED, reason=reason, done=0, body=body)
        file_use.remove_unused(self._store, transfers.files_of([now]) - {row.sha256})

    def _stumbled(self, row: TransferRow, error: SyncError) -> None:
        """Count an answer that was none; the file comes last next time, and is put aside if only it goes wrong."""
        now = transfers.get(self._store, row.id)
        if now is None:
            return
        stumbles = int(now.body.get("stumbles", 0)) + 1
        if isinstance(error, BadAnswerError) and stumbles >= STUMBLES:
            self._put_aside(now, error.code)
        else:
            transfers.change(self._store, row.id, body={**now.body, "stumbles": stumbles})

    def _drop_unwanted(self) -> None:
        rows = transfers.waiting(self._store) + transfers.refused(self._store)
        gone = [row for row in rows if row.direction == "down" and not is_wanted(self._store, row)]
        if gone:
            forget(self._store, gone)
