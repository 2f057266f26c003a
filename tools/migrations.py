"""Migrations that would lock writers out or break the version that is still running, by django-migration-linter.

With DATABASE_URL the SQL is judged as that engine's; PostgreSQL is the one that matters, see tools/check.py.
"""

import os
import sys

# Migration -> codes of the linter's findings that were weighed and are right here, with the reason.
WEIGHED: dict[str, list[str]] = {
    # Before the first release, on tables with as many rows as there are staff: milliseconds each; and no
    # earlier version is running anywhere that would not know the new columns.
    "0002_persons_once_posts_and_chains": [
        "ALTER_COLUMN",
        "NOT_NULL",
        "ADD_UNIQUE",
        "DROP_INDEX",
        "CREATE_INDEX",
        "CREATE_INDEX_EXCLUSIVE",
    ],
    # An index that leads planners astray is dropped in a moment; names are given the order of bytes before the first
    # release: no earlier version is running anywhere.
    "0006_ledgers_in_order": ["ALTER_COLUMN", "DROP_INDEX"],
    # Indexes over new columns hold no row yet, so building them is one quick scan; the unique index that gives way to a
    # narrower one covers running clocks only.
    "0002_clocks": ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX"],
}


def main() -> int:
    """Lint every migration of Pingzhan; 1 when one has an error or a warning."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pingzhan.settings")
    import django

    django.setup()
    from django.apps import apps
    from django_migration_linter import MigrationLinter

    own = [config.label for config in apps.get_app_configs() if config.name.startswith("pingzhan.")]
    bad = 0
    for name in (None, *WEIGHED):
        linter = MigrationLinter(
            include_apps=own,
            no_cache=True,
            all_warnings_as_errors=True,
            quiet=["ok", "ignore"],
            include_name=[name] if name else None,
            ignore_name=[] if name else list(WEIGHED),
            exclude_migration_tests=WEIGHED[name] if name else [],
        )
        linter.lint_all_migrations()
        bad += linter.nb_erroneous
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
