"""Reads of plans and responses; compiling a plan into a manifest; what would fail."""
