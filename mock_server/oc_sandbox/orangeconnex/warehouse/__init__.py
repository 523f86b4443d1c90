"""OrangeConnex operations of the group warehouse."""
