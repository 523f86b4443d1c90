"""OrangeConnex operations of the group returns."""
