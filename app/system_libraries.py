"""The system libraries Qt needs on Linux, which no Python package brings: which are missing, and how to get them."""

import ctypes
import os
import sys

NEEDED = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
FOR_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def advice() -> str:
    """What to install, in one sentence with the command; empty when nothing is missing."""
    if not sys.platform.startswith("linux"):
        return ""
    wanted = NEEDED | (FOR_X11 if os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY") else {})
    packages = [package for library, package in wanted.items() if not _loads(library)]
    if not packages:
        return ""
    return (
        "The window needs system libraries that are missing here. On Debian and Pardus:\n"
        f"  sudo apt install {' '.join(packages)}"
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
