"""A disk that fails on purpose: the n-th write, sync, rename, statement or commit of a step goes wrong.

Underneath, everything is real. A statement that fails with a full or broken disk
takes its transaction back first, as SQLite does.
"""

import errno
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

Call = Callable[..., Any]

# name: the system's number, SQLite's code, whether SQLite takes the transaction back
KINDS = {
    "full": (errno.ENOSPC, 13, True),
    "broken": (errno.EIO, 10, True),
    "read-only": (errno.EROFS, 8, False),
    "busy": (errno.EBUSY, 5, False),
}
KILLED = "killed"  # the process ends there and then, as by a power cut
_READS = ("select", "pragma", "rollback", "savepoint", "detach")


class Disk:
    """Counts the steps that reach the disk; :meth:`fail_at` lets one of them, and all after it, fail."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count, self.steps = 0, list[str]()
        self._from, self._kind = 0, "full"
        self._rests = False
        self._patch(patch)

    def fail_at(self, step: int, kind: str) -> None:
        """From the given step on (1 is the first) the disk is ``kind``."""
        self.count, self._from, self._kind = 0, step, kind

    def heal(self) -> None:
        """There is room again, and the disk does what it is asked."""
        self.count, self._from = 0, 0
        self.steps.clear()

    @property
    def failed(self) -> bool:
        """Whether a step was made to fail since the last :meth:`fail_at`."""
        return 0 < self._from <= self.count

    @contextmanager
    def resting(self) -> Iterator[None]:
        """What the test itself does to the disk neither counts nor fails."""
        self._rests = True
        try:
            yield
        finally:
            self._rests = False

    def _due(self, step: str) -> bool:
        if self._rests:
            return False
        self.count += 1
        self.steps.append(step)
        if self.failed and self._kind == KILLED:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.failed

    def system(self, step: str) -> None:
        """One step of the operating system."""
        if self._due(step):
            number = KINDS[self._kind][0]
            raise OSError(number, os.strerror(number))

    def statement(self, connection: Any, sql: str) -> None:
        """One statement, before it is carried out."""
        word = sql.split(None, 1)[0].lower().rstrip(";")
        if (word in _READS and "user_version =" not in sql) or not self._due(f"sql {word}"):
            return
        _number, code, taken_back = KINDS[self._kind]
        if taken_back and connection.in_transaction:
            sqlcipher.Connection.execute(connection, "rollback")
        error = sqlcipher.OperationalError(f"fault {self._kind}")
        error.sqlite_errorcode = code
        raise error

    def _patch(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("fsync", "replace", "mkdir"):
            patch.setattr(os, name, self._before(name, getattr(os, name)))
        patch.setattr(Path, "open", self._opening(Path.open))
        patch.setattr(sqlcipher, "connect", self._connecting(sqlcipher.connect))

    def _before(self, name: str, call: Call) -> Call:
        def step(*args: Any, **named: Any) -> Any:
            self.system(name)
            return call(*args, **named)

        return step

    def _opening(self, call: Call) -> Call:
        def opened(path: Path, mode: str = "r", *args: Any, **named: Any) -> Any:
            made = call(path, mode, *args, **named)
            return _File(made, self) if set(mode) & set("wxa") else made

        return opened

    def _connecting(self, call: Call) -> Call:
        disk = self

        class Cursor(sqlcipher.Cursor):
            def execute(self, sql: str, *args: Any) -> Any:
                disk.statement(self.connection, sql)
                return super().execute(sql, *args)

            def executemany(self, sql: str, rows: Any) -> Any:
                disk.statement(self.connection, sql)
                return super().executemany(sql, rows)

        class Connection(sqlcipher.Connection):
            def cursor(self, *_args: Any) -> Any:
                return super().cursor(Cursor)

            def execute(self, sql: str, *args: Any) -> Any:
                return self.cursor().execute(sql, *args)

            def executemany(self, sql: str, rows: Any) -> Any:
                return self.cursor().executemany(sql, rows)

        return lambda *args, **named: call(*args, factory=Connection, **named)


class _File:
    """An open file whose writes are steps."""

    def __init__(self, made: Any, disk: Disk) -> None:
        self._made, self._disk = made, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)

    def __enter__(self) -> "_File":
        return self

    def __exit__(self, *_error: object) -> None:
        self._made.close()

    def write(self, data: bytes) -> int:
        self._disk.system("write")
        return self._made.write(data)


def killed_at(disk: Disk, step: int, act: Call) -> bool:
    """Carry out ``act`` in a child process that is killed at a step; False when it came to its end before."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            disk.fail_at(step, KILLED)
            act()
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the child failed by itself"
    return os.WIFSIGNALED(status)


@contextmanager
def tiny_disk(folder: Path, size: str) -> Iterator[Path]:
    """A real small file system, for those who may mount one; the test is skipped for others."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        mounted = hasattr(os, "geteuid") and os.geteuid() == 0 and subprocess.run(command, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room there is; delete the returned file to give it back."""
    ballast = folder / "ballast"
    handle = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    for piece in (64 * 1024, 4096, 512):
        try:
            while os.write(handle, b"\0" * piece):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
    os.close(handle)
    return ballast
