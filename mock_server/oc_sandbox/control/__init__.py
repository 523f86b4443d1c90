"""The control plane: what a tenant's owner may see and do that no vendor offers. Adapters carry it."""
