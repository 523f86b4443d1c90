"""OrangeConnex operations of the group files, which only the sandbox has."""
