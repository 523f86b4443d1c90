"""OrangeConnex operations of the group inbound."""
