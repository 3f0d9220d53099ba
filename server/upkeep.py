"""Everything the platform does by itself, and how often."""

import time
from pathlib import Path

from server.accounts import attempts, codes, tokens
from server.core import devices, feed, quotas, records, remembered
from server.core.database import Database
from server.core.jobs import Job
from server.directory.publisher import Publisher
from server.messages import commands as messages
from server.posts import commands as posts
from server.projects import commands as projects
from server.pupil_work import files

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
UPLOAD_DAYS = 7  # that an upload may stand still before its bytes go
BIN_DAYS = 30  # that what was deleted can be brought back
TOMBSTONE_DAYS = 180  # that a computer may be away and still be told what was deleted; then it reads anew
DEVICE_DAYS = 800
LIMIT_DAYS = 40


def jobs(database: Database, data: Path) -> list[Job]:
    """The jobs of a platform on this database and data folder."""
    publisher = Publisher(database, data)
    return [
        Job("publish the directory", MINUTE, publisher.publish, publisher.stop),
        Job("take down expired posts", 10 * MINUTE, lambda: posts.take_down_expired(database)),
        Job("remove expired tokens", HOUR, lambda: tokens.remove_expired(database)),
        Job("remove expired codes", 10 * MINUTE, lambda: codes.remove_expired(database)),
        Job("forget old attempts", HOUR, lambda: attempts.remove_old(database)),
        Job("erase withdrawn files", HOUR, lambda: files.erase_withdrawn(database, data)),
        Job(
            "drop stale uploads",
            HOUR,
            lambda: files.remove_stale_uploads(database, data, _ago(UPLOAD_DAYS)),
        ),
        Job("forget answers of long ago", DAY, lambda: remembered.forget_old(database)),
        Job("forget what was deleted long ago", DAY, lambda: _forget_deleted(database)),
        Job("erase deleted projects", DAY, lambda: projects.erase_deleted(database, _ago(BIN_DAYS))),
        Job("forget quotas of past days", DAY, lambda: quotas.forget_past_days(database)),
        Job("forget devices long unseen", DAY, lambda: devices.forget_unseen(database, _ago(DEVICE_DAYS))),
        Job("forget what the limits no longer look at", DAY, lambda: messages.forget_old(database, _ago(LIMIT_DAYS))),
    ]


def _forget_deleted(database: Database) -> None:
    database.transact(lambda: records.forget_buried(database, _ago(BIN_DAYS)))
    database.transact(lambda: feed.forget_tombstones(database, _ago(TOMBSTONE_DAYS)))


def _ago(days: float) -> float:
    return time.time() - days * DAY
