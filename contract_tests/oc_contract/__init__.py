"""The contract kit: checks that speak HTTP only, for the fake and for any server that claims to be one of the APIs."""
