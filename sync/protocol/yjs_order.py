"""Whether a Yjs update stands on what is there already, and which part of a document each of its structs is in."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

from sync.protocol.yjs import GC, MAX_DEPTH, SKIP, TYPE, DocumentError, Id, Struct, Update

Owner = tuple[str | None, int]  # a part's name (None: none of ours), and how many types lie around a struct
NOBODY: Owner = (None, 0)


def gaps(update: Update, known: Mapping[int, int]) -> dict[int, int]:
    """Follow how the update would be taken in by somebody who has ``known``; gives the state vector afterwards.

    Raises DocumentError("gap") if anything would be left pending: a missing clock, neighbour, parent or deletion,
    or structs that wait for each other.
    """
    return Integration(update, known).run().state


class Integration:
    """Takes an update's structs in by the order of their needs, as the library does.

    ``state`` is how far it is, ``new`` how many structs were new to it, and ``authors`` whose they are; ``overlaps``
    tells whether one was known in part, and may contradict what is there. ``runs`` counts the new ones that do not
    simply go on after their author's last, ``pieces`` at least the pieces that all this adds to a document.
    """

    def __init__(self, update: Update, known: Mapping[int, int]) -> None:
        self.state = dict(known)
        self.overlaps = False
        self.new = 0
        self.runs = 0
        self.authors: set[int] = set()
        self._deleted = update.deleted
        self._queues = {client: [s for s in run if s.content != SKIP] for client, run in update.structs.items()}
        self._next = dict.fromkeys(self._queues, 0)

    @property
    def pieces(self) -> int:
        """A bound of the pieces that a document has more afterwards; insertions and deletions split what is there."""
        return 2 * (self.new + sum(map(len, self._deleted.values())))

    def run(self) -> "Integration":
        """Take in everything. Raises DocumentError("gap")."""
        for _ in self.steps():
            pass
        return self

    def steps(self) -> Iterator[tuple[int, Struct]]:
        """Each struct that is new, with its author. Raises DocumentError("gap")."""
        for client, queue in self._queues.items():
            while self._next[client] < len(queue):
                yield from self._take(client)
        for client, ranges in self._deleted.items():
            if ranges and ranges[-1][1] > self.state.get(client, 0):
                raise DocumentError("gap")

    def _take(self, first: int) -> Iterator[tuple[int, Struct]]:
        """Take in the next struct of an author, and before it those of others that it needs."""
        waiting = {first: None}
        while waiting:
            client = next(reversed(waiting))
            struct = self._queues[client][self._next[client]]
            missing = self._missing(client, struct)
            if missing is None:
                self._next[client] += 1
                end, now = struct.clock + struct.length, self.state.get(client, 0)
                if end > now:
                    self.overlaps |= struct.clock < now
                    self.state[client] = end
                    self.new += 1
                    self.runs += struct.content != GC and struct.origin != (client, struct.clock - 1)
                    self.authors.add(client)
                    yield client, struct
                del waiting[client]
            elif missing in waiting or self._next.get(missing, 0) >= len(self._queues.get(missing, ())):
                raise DocumentError("gap")
            else:
                waiting[missing] = None

    def _missing(self, client: int, struct: Struct) -> int | None:
        """The author whose edits must come first."""
        own = self.state.get(client, 0)
        if struct.clock + struct.length <= own:
            return None
        if struct.clock > own:
            return client
        for other, clock in struct.needs():
            if clock >= self.state.get(other, 0):
                return other
        return None


class Owners:
    """Which part of a document every clock of every author is in, by what was taken in so far.

    ``name_of`` tells the part's name for a root and, in a map, a key.
    """

    def __init__(self, name_of: Callable[[str, str | None], str | None]) -> None:
        self._name_of = name_of
        self._starts: dict[int, list[int]] = {}
        self._owners: dict[int, list[Owner]] = {}

    def take_in(self, update: Update, known: Mapping[int, int]) -> tuple[frozenset[str], Integration]:
        """The parts that the update touches, and how it is taken in.

        Raises DocumentError for a gap, or for types too deep inside each other; then nothing may be taken in.
        """
        touched: set[str | None] = set()
        integration = Integration(update, known)
        for client, struct in integration.steps():
            owner = self._owner(struct)
            self._note(client, struct, owner)
            touched.add(owner[0])
        for client, ranges in update.deleted.items():
            for start, end in ranges:
                touched.update(self._between(client, start, end))
        return frozenset(name for name in touched if name is not None), integration

    def at(self, place: Id) -> Owner:
        """The owner of one clock of an author."""
        client, clock = place
        number = bisect_right(self._starts.get(client, []), clock) - 1
        return self._owners[client][number] if number >= 0 else NOBODY

    def _owner(self, struct: Struct) -> Owner:
        if struct.content == GC:
            return NOBODY
        if isinstance(struct.parent, str):
            return self._name_of(struct.parent, struct.key), 0
        if struct.parent:
            name, depth = self.at(struct.parent)
            return name, depth + 1
        beside = self.at(struct.origin) if struct.origin else NOBODY
        return self.at(struct.right) if beside is NOBODY and struct.right else beside

    def _note(self, client: int, struct: Struct, owner: Owner) -> None:
        if struct.content == TYPE and owner[1] >= MAX_DEPTH:
            raise DocumentError("too deep")
        starts, owners = self._starts.setdefault(client, []), self._owners.setdefault(client, [])
        if not owners or owners[-1] != owner:
            starts.append(struct.clock)
            owners.append(owner)

    def _between(self, client: int, start: int, end: int) -> Iterator[str | None]:
        starts = self._starts.get(client, [])
        for number in range(max(0, bisect_right(starts, start) - 1), bisect_right(starts, end - 1)):
            yield self._owners[client][number][0]
