"""One file on its way here: in segments, each kept encrypted at once and put together at the end.

A cut loses no segment and leaves nothing in clear; a damaged segment is fetched again; a full disk leaves all as it
was. What was withdrawn meanwhile ends quietly.
"""

from collections.abc import Iterable, Iterator

from local_db.errors import FileDamagedError
from local_db.store import Store
from local_db.tables import file_use, records, transfers
from local_db.tables.transfers import TransferRow
from sync.client import ApiClient
from sync.errors import RefusedError, SyncError
from sync.uploads import PART, TRIES, Step

_GONE = (403, 404, 410)
_BEYOND_THE_END = 416


class _SegmentDamagedError(Exception):
    """Segment ``number`` of those kept cannot be read."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Download:
    """Moves one row ``down``. ``step`` is told the bytes here so far."""

    def __init__(self, store: Store, client: ApiClient, row: TransferRow, step: Step) -> None:
        self._store, self._client, self._row, self._step = store, client, row, step
        segments, sizes = (list(row.body.get(name, [])) for name in ("segments", "sizes"))
        self._segments: list[tuple[str, int]] = list(zip(segments, sizes, strict=False))

    def run(self) -> bool:
        """True when the file is here; False when it was withdrawn meanwhile.

        Raises SyncError, StoreError (what came so far stays), and FileDamagedError when the platform's file is
        another one than was published; then nothing of it stays.
        """
        self._drop_missing()
        wrong = 0
        for _ in range(TRIES):
            try:
                arrived = is_wanted(self._store, self._row) and self._fetch()
                if arrived:
                    self._assemble()
                forget(self._store, [self._row], {name for name, _size in self._segments})
                return arrived
            except _SegmentDamagedError as damaged:
                self._keep_until(damaged.number)
            except FileDamagedError:
                self._keep_until(0)
                wrong += 1
                if wrong == TRIES - 1:
                    raise
        raise FileDamagedError("the file's pieces do not stay readable on this disk")

    def _fetch(self) -> bool:
        """Fetch what is missing; False when the platform no longer has the file."""
        path, done = f"v1/projects/{self._row.project_id}/files/{self._row.sha256}", self._done()
        if done >= self._row.size:
            return True
        try:
            for segment in _segments(self._client.download(path, done)):
                self._keep(segment)
                if self._done() > self._row.size:
                    break
        except RefusedError as refused:
            if refused.status in _GONE:
                return False
            if refused.status != _BEYOND_THE_END or not done:
                raise
            raise FileDamagedError("the platform's file is shorter than it was published") from refused
        return True

    def _keep(self, segment: bytes) -> None:
        with self._store.files.intake():
            name, size = self._store.files.add([segment])
            self._segments.append((name, size))
            self._note()
        self._step(self._done())

    def _assemble(self) -> None:
        with self._store.files.intake():
            self._store.files.add(self._pieces(), expected=self._row.sha256)
            with self._store.transaction():
                transfers.remove(self._store, self._row.id)

    def _pieces(self) -> Iterator[bytes]:
        for number, (name, _size) in enumerate(self._segments):
            try:
                yield from self._store.files.read(name)
            except FileDamagedError:
                raise _SegmentDamagedError(number) from None

    def _done(self) -> int:
        return sum(size for _name, size in self._segments)

    def _drop_missing(self) -> None:
        """Begin where the first segment is missing; what an older version kept without sizes counts as missing."""
        there = [self._store.files.has(name) for name, _size in self._segments]
        if not all(there) or len(there) != len(self._row.body.get("segments", [])):
            self._keep_until([*there, False].index(False))

    def _keep_until(self, number: int) -> None:
        """Throw the segments from ``number`` on away."""
        before = transfers.files_of([self._row]) | {name for name, _size in self._segments}
        del self._segments[number:]
        self._note()
        file_use.remove_unused(self._store, before - {name for name, _size in self._segments})

    def _note(self) -> None:
        body = dict(self._row.body)
        body["segments"], body["sizes"] = ([item[n] for item in self._segments] for n in (0, 1))
        transfers.change(self._store, self._row.id, done=self._done(), body=body)


def is_wanted(store: Store, row: TransferRow) -> bool:
    """Whether a download's material is still published with the same file."""
    material = records.get(store, "material", row.material_id)
    return material is not None and material.fields.get("sha256") == row.sha256


def forget(store: Store, rows: Iterable[TransferRow], more: Iterable[str] = ()) -> None:
    """Forget downloads, and what only they needed: pieces, and a whole file whose material is gone."""
    gone = list(rows)
    with store.transaction():
        for row in gone:
            transfers.remove(store, row.id)
    file_use.remove_unused(store, transfers.files_of(gone) | set(more))


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
