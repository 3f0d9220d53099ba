"""One stage for each module and database: making people and projects anew for every test would take minutes."""

from collections.abc import Iterator

import pytest

from app.rules import projects as rules
from tests.server.stage import Stage, stage_on


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres")()
    with pytest.MonkeyPatch.context() as patch, stage_on(tmp_path_factory.mktemp("stage") / "platform", url) as made:
        patch.setattr(rules, "OPEN_INVITATIONS", 10_000)  # one founder invites in test after test
        yield made
