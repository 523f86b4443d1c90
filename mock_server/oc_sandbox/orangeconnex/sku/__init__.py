"""OrangeConnex operations of the group sku."""
