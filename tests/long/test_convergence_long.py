"""The state machine of two computers for a long time: ``make long``, about half an hour on two cores."""

from hypothesis import HealthCheck, settings

from tests.sync.convergence import Computers

Computers.TestCase.settings = settings(
    max_examples=400,
    stateful_step_count=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestComputers = Computers.TestCase
