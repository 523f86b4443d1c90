"""The integrator's own tests; the folder's name is theirs."""
