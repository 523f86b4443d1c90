"""A verdict on a client, in whatever language it is written, from the journal of its tenant."""
