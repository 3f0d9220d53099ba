"""The state machine of two computers, briefly; tests/long/test_convergence_long.py runs it for longer."""

from hypothesis import HealthCheck, settings

from tests.sync.convergence import Computers

EXAMPLES = 50

Computers.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestComputers = Computers.TestCase
