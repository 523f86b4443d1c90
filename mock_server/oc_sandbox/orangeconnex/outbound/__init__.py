"""OrangeConnex operations of the group outbound."""
