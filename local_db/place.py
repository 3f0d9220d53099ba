"""Whether a folder lies on this computer's own disk or on a network share.

SQLite's write-ahead log needs memory that all programs share, which a network share has not
(https://www.sqlite.org/wal.html, "the WAL journal"): there the store keeps a rollback journal instead.
"""

import subprocess
import sys
from pathlib import Path

REMOTE: tuple[str, ...] = (
    "nfs",
    "cifs",
    "smb",
    "afp",
    "sshfs",
    "fuse.sshfs",
    "9p",
    "ceph",
    "fuse.ceph",
    "glusterfs",
    "fuse.glusterfs",
)
REMOTE += ("davfs", "fuse.davfs", "webdav", "afs", "ncpfs", "lustre", "vboxsf", "fuse.gvfsd-fuse", "fuse.rclone")
_DRIVE_REMOTE = 4  # GetDriveTypeW


def on_network(folder: Path) -> bool:
    """Whether the folder, or where it will be made, is another computer's. False where the system does not tell."""
    place = folder.absolute()
    try:
        if sys.platform == "win32":
            return _remote_drive(place)
        place = place.resolve()
        return _is_remote(type_of(place, _mounts()))
    except (OSError, subprocess.SubprocessError, ValueError):
        return False


def type_of(place: Path, mounts: list[tuple[str, str]]) -> str:
    """The file system of the innermost mount that holds ``place``, empty for none; of two on one point the later counts."""
    inside = [(len(point), number, kind) for number, (point, kind) in enumerate(mounts) if _holds(point, place)]
    return max(inside)[2] if inside else ""


def read_mountinfo(text: str) -> list[tuple[str, str]]:
    """Points and types of Linux' ``/proc/self/mountinfo`` (proc(5)); signs that part the fields are octal there."""
    found = []
    for line in text.splitlines():
        before, _dash, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5:
            continue
        point = fields[4].encode("utf-8", "surrogateescape").decode("unicode_escape", "replace")
        found.append((point.encode("latin-1", "replace").decode("utf-8", "replace"), after.split(" ")[0]))
    return found


def read_mount(text: str) -> list[tuple[str, str]]:
    """Points and types of what macOS' ``mount`` prints: ``//a@server/share on /Volumes/share (smbfs, nodev)``."""
    found = []
    for line in text.splitlines():
        name, _paren, kinds = line.rpartition(" (")
        found.append((name.partition(" on ")[2], kinds.split(",")[0].rstrip(")")))
    return found


def _is_remote(kind: str) -> bool:
    return kind.startswith(("nfs", "smb")) or kind in REMOTE


def _holds(point: str, place: Path) -> bool:
    return place == Path(point) or Path(point) in place.parents


def _mounts() -> list[tuple[str, str]]:
    if sys.platform == "darwin":
        said = subprocess.run(["/sbin/mount"], capture_output=True, timeout=5, check=True).stdout
        return read_mount(said.decode("utf-8", "replace"))
    return read_mountinfo(Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape"))


def _remote_drive(place: Path) -> bool:
    if place.drive.startswith("\\\\"):
        return True
    import ctypes

    return bool(ctypes.windll.kernel32.GetDriveTypeW(place.drive + "\\") == _DRIVE_REMOTE)  # type: ignore[attr-defined,unused-ignore]
