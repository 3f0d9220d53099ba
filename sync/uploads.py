"""One file on its way to the platform: tus 1.0 with resume, and the permission looked at until the last moment.

The tus client is ours (a few calls) rather than a library's, because it shares the session, the token refresh and the
named errors of :mod:`sync.client`.
"""

import base64
from collections.abc import Callable, Iterator

from local_db.store import Store
from local_db.tables import publications, pupil_work, transfers
from local_db.tables.transfers import CANCELLED, FINISHED, WAITING, TransferRow
from sync.client import ApiClient
from sync.errors import BadAnswerError, RefusedError, SyncError

PART = 512 * 1024
TRIES = 3
_FORGOTTEN, _STANDS_ELSEWHERE = (404, 410), 409
Step = Callable[[int], None]


class Upload:
    """Moves one row ``up`` and queues its publication. ``step`` is told the bytes sent so far."""

    def __init__(self, store: Store, client: ApiClient, row: TransferRow, step: Step) -> None:
        self._store, self._client, self._row, self._step = store, client, row, step
        self._work_id = str(row.body.get("work_id", ""))

    def run(self) -> bool:
        """True when the file arrived and its publication is queued; False when the permission went meanwhile.

        Raises SyncError, and FileDamagedError when the copy on this computer cannot be read.
        """
        url = self._row.url
        for last in (*[False] * (TRIES - 1), True):
            if not self._is_wanted():
                return self._give_up()
            try:
                url = url or self._create()
                if not self._send(url):
                    return self._give_up()
                return self._publish() or self._give_up()
            except RefusedError as refused:
                if last or refused.status not in (*_FORGOTTEN, _STANDS_ELSEWHERE):
                    raise
                if refused.status in _FORGOTTEN:
                    url = ""  # the platform has forgotten the upload: begin anew
        raise AssertionError("unreachable")

    def _create(self) -> str:
        row = self._row
        meta = {"filename": str(row.body["filename"]), "sha256": row.sha256, "project_id": row.project_id}
        header = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in meta.items())
        url = self._client.create_upload(row.id, row.size, header)
        transfers.change(self._store, row.id, url=url)
        return url

    def _send(self, url: str) -> bool:
        """Send what is missing; False when the file is no longer wanted."""
        offset = self._client.upload_offset(url)
        if offset > self._row.size:
            raise BadAnswerError("more bytes than the file has")
        for part in _parts(self._store.files.read(self._row.sha256), offset):
            if not self._is_wanted():
                return False
            offset = self._client.upload_part(url, offset, part)
            transfers.change(self._store, self._row.id, done=offset)
            self._step(offset)
        return True

    def _publish(self) -> bool:
        """Queue the publication, unless the permission is gone: in one transaction, so that no moment is between."""
        with self._store.transaction():
            if not self._is_wanted():
                return False
            transfers.change(self._store, self._row.id, state=FINISHED, done=self._row.size)
            publications.queue_publication(self._store, self._row)
        return True

    def _is_wanted(self) -> bool:
        row = transfers.get(self._store, self._row.id)
        return row is not None and row.state == WAITING and pupil_work.may_leave(self._store, self._work_id)

    def _give_up(self) -> bool:
        with self._store.transaction():
            row = transfers.get(self._store, self._row.id)
            if row is not None and row.state == WAITING:
                transfers.change(self._store, row.id, state=CANCELLED)
        end_cancelled(self._store, self._client)
        return False


def end_cancelled(store: Store, client: ApiClient) -> None:
    """Let the platform forget the uploads that were given up here; what cannot be told now is told next time."""
    for row in transfers.cancelled(store):
        try:
            if row.url:
                client.end_upload(row.url)
        except RefusedError as refused:
            if refused.status not in _FORGOTTEN:
                continue
        except SyncError:
            return
        with store.transaction():
            now = transfers.get(store, row.id)
            if now is not None and now.state == CANCELLED:  # not brought back meanwhile
                transfers.remove(store, row.id)


def _parts(chunks: Iterator[bytes], skip: int) -> Iterator[bytes]:
    held, passed = bytearray(), 0
    for chunk in chunks:
        fresh = chunk[max(0, skip - passed) :] if passed < skip else chunk
        passed += len(chunk)
        held += fresh
        if len(held) >= PART:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
