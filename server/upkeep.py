"""Everything the platform does by itself, and how often."""

import time
from datetime import UTC, datetime
from pathlib import Path

from server.accounts import attempts, codes, tokens
from server.core import remembered
from server.core.database import Database
from server.core.jobs import Job
from server.directory import cards
from server.directory.packs import PackFolder
from server.outreach import commands as outreach
from server.pupil_work import files

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
UPLOAD_DAYS = 7  # that an upload may stand still before its bytes go


def jobs(database: Database, data: Path) -> list[Job]:
    """The jobs of a platform on this database and data folder."""
    return [
        Job("publish the directory", MINUTE, lambda: publish_directory(database, data)),
        Job("take down expired posts", 10 * MINUTE, lambda: outreach.take_down_expired(database)),
        Job("remove expired tokens", HOUR, lambda: tokens.remove_expired(database)),
        Job("remove expired codes", 10 * MINUTE, lambda: codes.remove_expired(database)),
        Job("forget old attempts", HOUR, lambda: attempts.remove_old(database)),
        Job("erase withdrawn files", HOUR, lambda: files.erase_withdrawn(database, data)),
        Job(
            "drop stale uploads",
            HOUR,
            lambda: files.remove_stale_uploads(database, data, time.time() - UPLOAD_DAYS * DAY),
        ),
        Job("forget answers of long ago", DAY, lambda: remembered.forget_old(database)),
    ]


def publish_directory(database: Database, data: Path) -> bool:
    """What teachers changed of their entries goes into the directory; whether there was anything."""
    today = datetime.now(UTC).date()
    if not cards.waiting(database, today):
        return False
    cards.publish(database, PackFolder(data / "packs"), today)
    return True
