"""Mercozy's external REST API: its credentials and operations."""
