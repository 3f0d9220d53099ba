"""How much one account and one project may keep on the platform."""

from typing import Any

import peewee

from server.core.database import Account, Database, MaterialFile, Project, Upload
from server.core.problems import ProblemError

ACCOUNT_BYTES = 5_000_000_000
PROJECT_BYTES = 10_000_000_000
OPEN_UPLOADS = 50  # begun and not finished, of one account


def check(db: Database, account_id: str, project_id: str, size: int) -> None:
    """Whether ``size`` more bytes may come. 403 ``quota_bytes`` or 409 ``too_many_uploads`` if not.

    Call it in the transaction that begins the upload: account and project are held until its end.
    """
    _hold(db, Account, account_id)
    _hold(db, Project, project_id)
    begun = Upload.select(peewee.fn.count(Upload.id).alias("n"))
    if _number(db, begun.where(Upload.account_id == account_id, ~Upload.finished)) >= OPEN_UPLOADS:
        raise ProblemError(409, "too_many_uploads", "Finish or end other uploads first")
    for column, name, most in (("account_id", account_id, ACCOUNT_BYTES), ("project_id", project_id, PROJECT_BYTES)):
        if used(db, column, name) + size > most:
            raise ProblemError(403, "quota_bytes", f"No room left for this {column.removesuffix('_id')}")


def used(db: Database, column: str, name: str) -> int:
    """The bytes of an account (``account_id``) or a project (``project_id``), uploads on their way included."""
    total = 0
    for model in (MaterialFile, Upload):
        sum_of_sizes = model.select(peewee.fn.coalesce(peewee.fn.sum(model.size), 0).alias("n"))
        total += _number(db, sum_of_sizes.where(getattr(model, column) == name))
    return total


def _number(db: Database, query: peewee.Query) -> int:
    row = db.one(query)
    return int(row["n"]) if row else 0


def _hold(db: Database, model: Any, name: str) -> None:
    if not db.is_sqlite:  # SQLite has one writer at a time anyway
        db.one(model.select(model.id).where(model.id == name).for_update())
