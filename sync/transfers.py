"""Files on their way: tus upload with resume, Range download, SHA-256 at both ends.

The tus client is ours (four calls) rather than a library's, because it shares
the session, the token refresh and the named errors of :mod:`sync.client`.
"""

import base64
import json
from collections.abc import Callable, Iterator

from uuid6 import uuid7

from local_db.errors import FileDamagedError
from local_db.store import Store
from local_db.tables import outbox, pupil_work, records, transfers
from local_db.tables.transfers import TransferRow
from sync.client import ApiClient
from sync.errors import RefusedError, SyncError
from sync.protocol.registry import COMMANDS

PART = 512 * 1024
Progress = Callable[[int, int], None]  # bytes done, bytes in all


class TransferQueue:
    """Moves the files that wait, one after the other; a cut one goes on where it stopped."""

    def __init__(self, store: Store, client: ApiClient) -> None:
        self._store, self._client = store, client

    def run(self, progress: Progress) -> int:
        """Move everything that waits; returns how many files arrived. Raises SyncError when the line breaks."""
        waiting = transfers.waiting(self._store)
        total, done, arrived = sum(row.size for row in waiting), 0, 0
        for row in waiting:

            def step(part: int, before: int = done) -> None:
                progress(before + part, total)

            try:
                (self._up if row.direction == "up" else self._down)(row, step)
                arrived += 1
            except RefusedError as refused:
                transfers.change(self._store, row.id, state="refused", reason=refused.problem)
            except FileDamagedError:
                transfers.change(self._store, row.id, state="refused", reason="damaged")
            done += row.size
        return arrived

    def queue_missing(self) -> int:
        """Ask for every published material that is not on this computer; returns how many."""
        found = 0
        for material in records.all_of(self._store, "material"):
            sha256, size = str(material.fields.get("sha256", "")), material.fields.get("size")
            if len(sha256) != 64 or not isinstance(size, int) or self._store.files.has(sha256):
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
            found += 1
        return found

    def _up(self, row: TransferRow, step: Callable[[int], None]) -> None:
        work = pupil_work.work(self._store, str(row.body["work_id"]))
        if work is None or not work.permitted:  # the permission was taken back while the file waited
            transfers.remove(self._store, row.id)
            return
        url = row.url or self._create(row)
        try:
            offset = self._client.upload_offset(url)
        except RefusedError as refused:
            if refused.status not in (404, 410):
                raise
            url = self._create(row)  # the server has forgotten the upload: begin anew
            offset = self._client.upload_offset(url)
        for part in _parts(self._store.files.read(row.sha256), offset):
            offset = self._client.upload_part(url, offset, part)
            transfers.change(self._store, row.id, done=offset)
            step(offset)
        args = {k: v for k, v in row.body.items() if k in COMMANDS["publish_material"].by_name} | {
            "project_id": row.project_id,
            "material_id": row.material_id,
            "upload_id": row.id,
        }
        with self._store.transaction():
            transfers.change(self._store, row.id, state="finished", done=row.size)
            outbox.add(
                self._store,
                str(uuid7()),
                "command",
                f"project:{row.project_id}",
                ("publish_material", row.material_id),
                args,
            )

    def _create(self, row: TransferRow) -> str:
        meta = {"filename": str(row.body["filename"]), "sha256": row.sha256, "project_id": row.project_id}
        header = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in meta.items())
        url = self._client.create_upload(row.id, row.size, header)
        transfers.change(self._store, row.id, url=url)
        return url

    def _down(self, row: TransferRow, step: Callable[[int], None]) -> None:
        """Fetch in segments, each kept encrypted at once, so that a cut loses no segment and leaves nothing in clear."""
        segments, done = list(row.body.get("segments", [])), row.done
        path = f"v1/projects/{row.project_id}/files/{row.sha256}"
        for segment in _segments(self._client.download(path, done)) if done < row.size else ():
            segments.append(self._store.files.add([segment])[0])
            done += len(segment)
            body = json.dumps({**row.body, "segments": segments})
            transfers.change(self._store, row.id, done=done, body=body)
            step(done)
            if done > row.size:
                break
        try:
            parts = (chunk for segment in segments for chunk in self._store.files.read(segment))
            self._store.files.add(parts, expected=row.sha256)
        finally:
            for segment in set(segments) - {row.sha256}:
                self._store.files.remove(segment)
        transfers.remove(self._store, row.id)


def _segments(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Gather chunks into segments; what came before a cut is still handed over."""
    held = bytearray()
    try:
        for chunk in chunks:
            held += chunk
            if len(held) >= PART:
                yield bytes(held)
                held.clear()
    except SyncError:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


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
