"""How the rooms below tell the window that something changed: plain callbacks, no Qt."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Listener = Callable[[Any], None]


@dataclass(frozen=True)
class Changed:
    """Things of one kind that changed, by their ids; without ids, any of that kind may have."""

    kind: str
    ids: frozenset[str] = frozenset()


class Changes:
    """Everything that one step changed, of several kinds. Made from ``Changed``, names of kinds, or kind → ids."""

    def __init__(self, changed: "Iterable[Changed | str] | Mapping[str, Iterable[str]]" = ()) -> None:
        self._by_kind: dict[str, frozenset[str]] = {}
        if isinstance(changed, Mapping):
            changed = [Changed(kind, frozenset(ids)) for kind, ids in changed.items()]
        for one in changed:
            self._add(Changed(one) if isinstance(one, str) else one)

    def __contains__(self, kind: str) -> bool:
        return kind in self._by_kind

    def __iter__(self) -> Iterator[Changed]:
        return iter([Changed(kind, ids) for kind, ids in self._by_kind.items()])

    def touch(self, kinds: Iterable[str]) -> bool:
        """Whether anything of one of these kinds changed."""
        return any(kind in self._by_kind for kind in kinds)

    def touches(self, kind: str, one_id: str) -> bool:
        """Whether this one thing may have changed."""
        ids = self._by_kind.get(kind)
        return ids is not None and (not ids or one_id in ids)

    def _add(self, one: Changed) -> None:
        known = self._by_kind.get(one.kind)
        any_of_them = not one.ids or known == frozenset()
        self._by_kind[one.kind] = frozenset() if any_of_them else one.ids | (known or frozenset())


class Events:
    """Named events. A listener is called in the thread that publishes; ``subscribe`` returns how to stop."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._lock = threading.Lock()

    def subscribe(self, name: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the value of each event of this name, until the returned function is called."""
        with self._lock:
            self._listeners.setdefault(name, []).append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners.get(name, []):
                    self._listeners[name].remove(listener)

        return stop

    def publish(self, name: str, value: Any = None) -> None:
        """Tell all listeners, also when one of them raises; the first error goes on to the caller afterwards."""
        with self._lock:
            listeners = list(self._listeners.get(name, []))
        errors: list[Exception] = []
        for listener in listeners:
            try:
                listener(value)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def changed(self, changed: "Iterable[Changed | str] | Mapping[str, Iterable[str]]") -> None:
        """Publish ``changed`` with the :class:`Changes` of one step."""
        self.publish("changed", Changes(changed))
