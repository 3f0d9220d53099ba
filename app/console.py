"""Printing for scripts and technicians: UTF-8 wherever the output goes."""

import io
import sys


def use_utf8() -> None:
    """Print UTF-8 from now on. On Windows a file or a pipe would get the old code page, where ş or θ is an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
