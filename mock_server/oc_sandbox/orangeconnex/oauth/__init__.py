"""OrangeConnex operations of the group oauth."""
