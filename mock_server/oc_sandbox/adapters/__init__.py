"""Translators between HTTP libraries and dispatch. They decide nothing."""
