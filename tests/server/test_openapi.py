"""docs/openapi.json is what the code does, and a fuzzer that reads it finds no crash."""

from collections.abc import Callable

import schemathesis
from hypothesis import HealthCheck, given, settings

from server import openapi
from tests.inside import inside
from tests.platform import AYSE, Computer, RunningPlatform


@schemathesis.serializer("application/offset+octet-stream")
def as_bytes(_context, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def test_the_kept_description_is_what_the_code_does() -> None:
    assert openapi.main(["check"]) == 0
    assert '"openapi": "3.1' in openapi.FILE.read_text("utf-8")


def test_nothing_that_the_description_allows_crashes_the_platform(
    any_platform: RunningPlatform, computers: Callable[..., Computer]
) -> None:
    a = computers(any_platform, AYSE)
    inside(a.workspace).client.refresh()
    headers = {"Authorization": f"Bearer {inside(a.workspace).client._access}"}
    schema = schemathesis.openapi.from_dict(any_platform.app.openapi())
    asked = 0
    for operation in schema.get_all_operations():

        @settings(
            max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        def ask(case) -> None:
            nonlocal asked
            asked += 1
            answer = case.call(base_url=any_platform.url, headers=headers, timeout=20, allow_redirects=False)
            assert answer.status_code < 500, f"{case.method} {case.path}: {answer.status_code}"

        given(operation.ok().as_strategy())(ask)()
    assert asked > 100
