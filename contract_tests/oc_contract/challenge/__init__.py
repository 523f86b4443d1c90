"""A client's own command, run again and again while one thing at a time goes wrong, and judged by the world's books."""
