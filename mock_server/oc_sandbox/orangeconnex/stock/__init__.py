"""OrangeConnex operations of the group stock."""
