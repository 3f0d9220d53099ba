"""Pictures and documents that came from outside: looked at and cleaned in a process of its own, which they may end."""

from app.media.helper import MediaError, look, without_metadata
from app.media.look import Look

__all__ = ["Look", "MediaError", "look", "without_metadata"]
