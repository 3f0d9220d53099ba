"""On a network share, where a write-ahead log does not work, the store keeps a rollback journal and works on."""

import secrets
import threading
from pathlib import Path

import pytest

from local_db import keys, place
from local_db.database import encrypted_database
from local_db.store import Store
from local_db.tables import settings

MOUNTINFO = """\
21 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
40 21 0:35 / /home rw,relatime shared:9 - nfs4 server:/home rw,vers=4.2
41 40 254:2 / /home/local rw - ext4 /dev/vdb rw
42 21 0:50 / /mnt/Okul\\040dosyalar\\304\\261 rw - cifs //okul/dosyalar rw
"""
MOUNT = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//isil@okul/Ortak (1) on /Volumes/Ortak (1) (smbfs, nodev, nosuid, mounted by isil)
"""


@pytest.mark.parametrize(
    "folder, kind",
    [
        ("/home/isil/.local/share/TwinDesk", "nfs4"),
        ("/home", "nfs4"),
        ("/home/local/isil", "ext4"),
        ("/homework", "ext4"),
        ("/mnt/Okul dosyaları/TwinDesk", "cifs"),
    ],
)
def test_linux_tells_where_a_folder_lies(folder: str, kind: str) -> None:
    assert place.type_of(Path(folder), place.read_mountinfo(MOUNTINFO)) == kind


def test_macos_tells_where_a_folder_lies() -> None:
    mounts = place.read_mount(MOUNT)
    assert place.type_of(Path("/Volumes/Ortak (1)/TwinDesk"), mounts) == "smbfs"
    assert place.type_of(Path("/Users/isil"), mounts) == "apfs"


def test_this_computers_own_disk_is_none(tmp_path: Path) -> None:
    assert not place.on_network(tmp_path)
    assert not place.on_network(tmp_path / "not" / "made" / "yet")


def test_the_store_works_on_a_share_and_after_it_moved_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = secrets.token_bytes(32)
    keys.adopt(tmp_path, key)
    with_log = Store.open(tmp_path, key)
    settings.put(with_log, "one", 1)
    assert with_log.sql("pragma journal_mode") == [("wal",)]
    with_log.close()
    monkeypatch.setattr("local_db.database.on_network", lambda folder: True)
    store = Store.open(tmp_path, key)
    assert store.sql("pragma journal_mode") == [("delete",)]

    def write(name: str) -> None:
        for number in range(20):
            settings.put(store, f"{name}{number}", number)
        store.close_thread()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settings.get(store, "one") == 1 and all(settings.get(store, f"{n}19") == 19 for n in "abc")
    assert store.check() == [] and store.back_up("test").exists()
    assert not (tmp_path / "store.db-wal").exists()
    store.close()
    assert encrypted_database(tmp_path / "store.db", key).execute_sql("pragma journal_mode").fetchone() == ("delete",)
