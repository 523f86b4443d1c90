"""The integrator's own system."""
