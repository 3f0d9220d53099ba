"""Beginning anew beside a profile that does not open: nothing of it is deleted."""

from pathlib import Path

from local_db.naming import translated


def set_aside(profile: Path) -> Path:
    """Give the profile's folder another name, under which it can be looked at or put back. Raises StoreError."""
    number = 1
    while (target := profile.with_name(f"{profile.name}-set-aside-{number}")).exists():
        number += 1
    with translated(profile):
        profile.rename(target)
    return target
