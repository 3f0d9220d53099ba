"""A sync without news with 300 projects against one with none: ``python -m benchmarks.idle``. Aim: at most 1.3 times."""

import statistics
import tempfile
import time
from pathlib import Path

from app.workspace import Workspace
from benchmarks.platforms import Platform
from ui.demo.platform import TEACHERS

PROJECTS, ROUNDS = 300, 60


def timed(workspace: Workspace) -> float:
    """How long one sync takes, in milliseconds."""
    begun = time.perf_counter()
    workspace.sync_and_wait()
    return 1_000 * (time.perf_counter() - begun)


def with_projects(workspace: Workspace) -> None:
    """Make so many projects, known on both sides."""
    for _ in range(PROJECTS):
        workspace.projects.create()
    workspace.sync_and_wait()


def main() -> None:
    """Print medians of rounds in which both sync in turn."""
    with tempfile.TemporaryDirectory() as place, Platform(Path(place) / "platform") as platform:
        many, none = (platform.computer(Path(place) / email, email) for email in TEACHERS)
        with_projects(many)
        for each in (many, none):
            each.sync_and_wait()
        rounds = [(timed(many), timed(none)) for _ in range(ROUNDS)]
        for each in (many, none):
            each.close()
    of_many, of_none = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(
        f"sync without news: {of_many:.1f} ms with {PROJECTS} projects, {of_none:.1f} ms with none; "
        f"ratio {of_many / of_none:.2f} (aim at most 1.30)"
    )


if __name__ == "__main__":
    main()
