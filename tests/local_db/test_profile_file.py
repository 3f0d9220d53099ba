"""profile.json, its copy and the lock beside them: nothing that is wrong with one costs the work, and nothing is made twice."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import pytest

from local_db import keys, place, profile_lock
from local_db.errors import (
    KeyMissingError,
    KeyringLockedError,
    PassphraseNeededError,
    ProfileFileError,
    ProfileInUseError,
    StoreError,
)
from local_db.profile_file import COPY, NAME
from local_db.set_aside import set_aside
from local_db.store import Store
from tests.keyrings import MemoryKeyring

WORDS = "şemsiye ve çay"


def made(profile: Path, passphrase: str | None = WORDS) -> bytes:
    key = keys.unlock(profile, passphrase)
    Store.open(profile, key).close()
    return key


@pytest.mark.parametrize("passphrase", [WORDS, None])
@pytest.mark.parametrize("which", [NAME, COPY])
def test_another_profiles_file_never_costs_the_own_one(
    tmp_path: Path, system_keyring: MemoryKeyring, which: str, passphrase: str | None
) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    key, _other = made(own, passphrase), made(other, passphrase)
    said = (own / NAME).read_bytes()
    shutil.copy(other / NAME, own / which)
    assert keys.unlock(own, passphrase) == key
    assert (own / NAME).read_bytes() == (own / COPY).read_bytes() == said
    Store.open(own, keys.unlock(own, passphrase)).close()


def test_with_the_store_damaged_a_copy_of_it_tells_whose_the_file_is(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    key = keys.unlock(own, WORDS)
    store = Store.open(own, key)
    store.back_up()
    store.close()
    made(other)
    shutil.copy(other / NAME, own / NAME)
    (own / "store.db").write_bytes(bytes(20_000))
    assert keys.unlock(own, WORDS) == key


def test_with_nothing_left_to_read_no_file_is_written_over(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    made(own)
    made(other)
    shutil.copy(other / NAME, own / NAME)
    (own / "store.db").write_bytes(bytes(20_000))
    before = [(own / name).read_bytes() for name in (NAME, COPY)]
    keys.unlock(own, WORDS)
    assert [(own / name).read_bytes() for name in (NAME, COPY)] == before


def test_the_store_opens_where_the_wrong_file_cannot_be_put_right(tmp_path: Path, monkeypatch) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    key = made(own)
    made(other)
    shutil.copy(other / NAME, own / NAME)
    monkeypatch.setattr("local_db.profile_file.write", lambda _profile, _about: (_ for _ in ()).throw(StoreError()))
    Store.open(own, keys.unlock(own, WORDS)).close()
    assert keys.unlock(own, WORDS) == key


def change(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda about: about | values


def change_key(**values: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda about: about | {"wrapped": about["wrapped"] | values}


WRONG_FORMS = {
    "a short salt": change_key(salt="00"),
    "a long salt": change_key(salt="00" * 64),
    "a short nonce": change_key(nonce="00"),
    "a short key": change_key(key="00"),
    "a number for a key": change_key(key=7),
    "no key": change(wrapped={}),
    "half a letter": change(fingerprint="\ud800"),
    "no fingerprint": change(fingerprint=""),
    "a letter that is none": change(fingerprint="ş" * 16),
    "a path": change(id="../../elsewhere"),
    "a list": change(id=["0" * 16]),
}


@pytest.mark.parametrize("wrong", WRONG_FORMS)
def test_a_file_of_a_wrong_form_gives_way_to_its_copy(tmp_path: Path, wrong: str) -> None:
    key = made(tmp_path)
    about = json.loads((tmp_path / NAME).read_bytes())
    (tmp_path / NAME).write_text(json.dumps(WRONG_FORMS[wrong](about)), "utf-8")
    assert keys.unlock(tmp_path, WORDS) == key
    assert json.loads((tmp_path / NAME).read_bytes()) == about
    for name in (NAME, COPY):
        (tmp_path / name).write_text(json.dumps(WRONG_FORMS[wrong](about)), "utf-8")
    with pytest.raises(ProfileFileError):
        keys.unlock(tmp_path, WORDS)


def test_a_file_that_the_disk_does_not_give_gives_way_to_its_copy(tmp_path: Path) -> None:
    key = made(tmp_path)
    (tmp_path / NAME).unlink()
    (tmp_path / NAME).mkdir()
    assert keys.unlock(tmp_path, WORDS) == key
    (tmp_path / COPY).unlink()
    with pytest.raises(StoreError):
        keys.unlock(tmp_path, WORDS)


def test_of_two_first_starts_one_makes_the_profile(tmp_path: Path, monkeypatch, system_keyring: MemoryKeyring) -> None:
    """The second comes while the first waits for the keyring's own question."""
    refused: list[StoreError] = []
    kept = MemoryKeyring.set_password

    def slow(self: MemoryKeyring, service: str, username: str, password: str) -> None:
        if not refused:
            with pytest.raises(ProfileInUseError) as error:
                keys.unlock(tmp_path)
            refused.append(error.value)
        kept(self, service, username, password)

    monkeypatch.setattr(MemoryKeyring, "set_password", slow)
    key = keys.unlock(tmp_path)
    assert refused and keys.unlock(tmp_path) == key
    Store.open(tmp_path, key).close()


def test_a_profile_made_while_one_waited_for_the_lock_is_opened(tmp_path: Path, monkeypatch) -> None:
    hold, made_meanwhile = profile_lock.hold, []

    def late(profile: Path) -> Any:
        if not made_meanwhile:
            made_meanwhile.append(b"")
            made_meanwhile[0] = keys.unlock(profile, WORDS)
        return hold(profile)

    monkeypatch.setattr(profile_lock, "hold", late)
    assert keys.unlock(tmp_path, WORDS) == made_meanwhile[0]


def test_a_refused_beginning_leaves_the_profile_free(tmp_path: Path) -> None:
    with pytest.raises(PassphraseNeededError):
        keys.unlock(tmp_path)
    Store.open(tmp_path, keys.unlock(tmp_path, WORDS)).close()


def test_a_folder_that_is_open_is_not_set_aside(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    store = Store.open(profile, keys.unlock(profile, WORDS))
    with pytest.raises(ProfileInUseError):
        set_aside(profile)
    assert (profile / "store.db").exists()
    store.close()
    aside = set_aside(profile)
    assert not profile.exists()
    Store.open(aside, keys.unlock(aside, WORDS)).close()


@pytest.mark.skipif(os.name == "nt", reason="making links wants a right there")
def test_a_name_that_is_taken_by_a_link_to_nowhere_is_left_alone(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    made(profile)
    (tmp_path / "profile-set-aside-1").symlink_to(tmp_path / "nowhere")
    assert set_aside(profile).name == "profile-set-aside-2"


def test_a_folder_that_cannot_be_renamed_is_said_to(tmp_path: Path, monkeypatch) -> None:
    made(tmp_path / "profile")

    def other_disk(_self: Path, _target: Path) -> Path:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", other_disk)
    with pytest.raises(StoreError):
        set_aside(tmp_path / "profile")
    profile_lock.hold(tmp_path / "profile").release()


def test_that_another_computer_has_it_open_is_said_before_that_the_key_is_missing(
    tmp_path: Path, system_keyring: MemoryKeyring
) -> None:
    key = keys.unlock(tmp_path)
    system_keyring.kept.clear()
    store = Store.open(tmp_path, key)
    (tmp_path / profile_lock.HOLDER).write_text(json.dumps({"computer": "OKUL-PC-7", "since": 1_700_000_000}), "utf-8")
    with pytest.raises(ProfileInUseError) as error:
        keys.unlock(tmp_path)
    assert error.value.computer == "OKUL-PC-7"
    store.close()
    with pytest.raises(KeyMissingError):
        keys.unlock(tmp_path)


NOTES = {
    "[" * 1_900: ("", None),
    '{"computer": "OKUL-7", "since": 1700000000}': ("OKUL-7", 1_700_000_000.0),
    '{"computer": "OKUL-7"}': ("OKUL-7", None),
    '{"computer": "OKUL-7", "since": 1e400}': ("OKUL-7", None),
    '{"computer": "OKUL-7", "since": NaN}': ("OKUL-7", None),
    '{"computer": "OKUL-7", "since": 1e15}': ("OKUL-7", None),
    '{"computer": "OKUL-7", "since": -5}': ("OKUL-7", None),
    '{"computer": "OKUL-7", "since": true}': ("OKUL-7", None),
    '{"computer": "OKUL-7", "since": %s}' % ("9" * 1_000): ("OKUL-7", None),
    '{"computer": "\\ud800a\\n\\u202eb", "since": 1}': ("ab", 1.0),
    '{"since": 1}': ("", None),
    "[1]": ("", None),
    "\ufeff{}": ("", None),
}


@pytest.mark.parametrize("note", NOTES)
def test_a_note_about_the_holder_is_believed_as_far_as_it_can_be(tmp_path: Path, note: str) -> None:
    lock = profile_lock.hold(tmp_path)
    (tmp_path / profile_lock.HOLDER).write_text(note, "utf-8")
    with pytest.raises(ProfileInUseError) as error:
        profile_lock.hold(tmp_path)
    assert (error.value.computer, error.value.since) == NOTES[note]
    lock.release()


def test_a_keyring_that_cannot_be_loaded_is_not_one_that_lost_the_key(
    tmp_path: Path, monkeypatch, system_keyring: MemoryKeyring
) -> None:
    made(tmp_path / "old", None)

    def broken() -> None:
        raise ModuleNotFoundError("No module named 'keyrings.school'")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    with pytest.raises(KeyringLockedError):
        keys.unlock(tmp_path / "old")
    with pytest.raises(PassphraseNeededError) as needed:
        keys.unlock(tmp_path / "new")
    assert needed.value.reason == "none"
    made(tmp_path / "new")
    assert keys.secret_get(tmp_path / "new", "refresh-token") is None
    assert not keys.secret_set(tmp_path / "new", "refresh-token", "t")


def test_a_short_line_of_the_mounts_is_passed_over() -> None:
    assert place.read_mountinfo("x\n1 2 0:1 / /mnt/okul rw - nfs4 s rw\n") == [("/mnt/okul", "nfs4")]
