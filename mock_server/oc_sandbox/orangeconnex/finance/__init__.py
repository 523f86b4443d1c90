"""OrangeConnex operations of the group finance."""
