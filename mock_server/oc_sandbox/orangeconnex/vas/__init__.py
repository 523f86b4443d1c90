"""OrangeConnex operations of the group vas, value-added service."""
