"""Reads of matters: reference data, lists, one sheet."""
