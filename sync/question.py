"""What one exchange asks, as JSON: what the outbox keeps as text goes out as it is."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.protocol.json_parts import listed, quoted, stored, with_member
from sync.protocol.messages import Command, DocumentChange, ExchangeRequest, RecordChange


class WaitingRecord(NamedTuple):
    """A :class:`~sync.protocol.messages.RecordChange` as it waits; ``text`` is its fields as JSON."""

    id: str
    scope: str
    kind: str
    record_id: str
    base_revision: int
    text: str

    @property
    def fields(self) -> dict[str, Any]:
        """The changed fields."""
        read: dict[str, Any] = json.loads(self.text)
        return read

    def model_dump_json(self) -> str:
        """As a RecordChange says it."""
        return (
            f'{{"type":"record","id":{quoted(self.id)},"scope":{quoted(self.scope)},"kind":{quoted(self.kind)},'
            f'"record_id":{quoted(self.record_id)},"base_revision":{self.base_revision},"fields":{stored(self.text)}}}'
        )


Change = WaitingRecord | RecordChange | DocumentChange | Command


@dataclass(frozen=True)
class Question:
    """``head`` without its changes, and the changes."""

    head: ExchangeRequest
    changes: list[Change] = field(default_factory=list)

    def as_json(self) -> bytes:
        """The body of the request."""
        text = self.head.model_dump_json(exclude={"changes"})
        changes = [change.model_dump_json() for change in self.changes]
        return (with_member(text, "changes", listed(changes)) if changes else text).encode()
