"""What became of one change, as the answer tells it; thousands are made for one request, so they are plain tuples."""

from typing import Any, Literal, NamedTuple

from pydantic_core import to_json

from sync.protocol.json_parts import quoted

NOTHING: dict[str, Any] = {}


class Outcome(NamedTuple):
    """See :class:`sync.protocol.messages.Result`, which is what the device reads."""

    id: str
    status: Literal["applied", "repeated", "refused"]
    revision: int = 0
    code: str = ""
    replaced: dict[str, Any] = NOTHING

    def as_json(self) -> str:
        """As JSON, without what is as usual."""
        revision = f',"revision":{self.revision}' if self.revision else ""
        code = f',"code":{quoted(self.code)}' if self.code else ""
        replaced = f',"replaced":{to_json(self.replaced, inf_nan_mode="null").decode()}' if self.replaced else ""
        return f'{{"id":{quoted(self.id)},"status":"{self.status}"{revision}{code}{replaced}}}'
