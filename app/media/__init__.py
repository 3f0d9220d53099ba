"""Files that came from outside: looked at and cleaned in a process of its own, which they may end."""

from app.media.helper import MediaError, leaving, look
from app.media.look import Leaving, Look

__all__ = ["Leaving", "Look", "MediaError", "leaving", "look"]
