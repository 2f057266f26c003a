"""A connection is kept between requests: opening one on PostgreSQL costs more than a report."""

from django.db import connection


def test_connections_are_kept():
    assert connection.settings_dict["CONN_MAX_AGE"] is None or connection.settings_dict["CONN_MAX_AGE"] >= 60
