"""A fake of the integrator's own web shop; it has nothing to do with the sandbox."""
