"""Settings that the kit's own tests share."""

from hypothesis import HealthCheck, settings

# As in mock_server/tests: a slow machine is no fault of the code.
settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
