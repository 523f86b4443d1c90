"""The control plane: what a tenant's owner may see and do that no vendor offers. Works on tenants; adapters carry it."""
