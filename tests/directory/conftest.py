"""Here the platform has teachers of every country."""

import pytest

from tests.platform import RunningPlatform


@pytest.fixture
def platform(peopled: RunningPlatform) -> RunningPlatform:
    return peopled
