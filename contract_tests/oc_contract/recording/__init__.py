"""Recordings: exchanges with a real server, kept as fixtures without a secret or a person, and replayed elsewhere."""
