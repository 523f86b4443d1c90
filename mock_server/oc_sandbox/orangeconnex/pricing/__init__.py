"""OrangeConnex operations of the group pricing."""
