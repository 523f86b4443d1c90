"""OrangeConnex operations of the group webhook."""
