"""Stock, orders, SKUs and time, without HTTP, JSON files or vendors."""
