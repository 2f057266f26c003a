"""`pingzhan rotate_seals`: seal every sealed value anew under the first key of PINGZHAN_SEAL_KEYS."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from pingzhan.core.sealed import Sealed, SealedTextField, SealError, current_key_id


class Command(BaseCommand):
    help = (
        "Seal all sealed fields anew under the first key of PINGZHAN_SEAL_KEYS. May be stopped and started again: "
        "what is under that key already is left alone. With --check only counts the values of each key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction (default 500)")
        parser.add_argument("--check", action="store_true", help="change nothing; count the values of each key")

    def handle(self, *args: Any, batch: int, check: bool, **options: Any) -> None:
        if batch < 1:
            raise CommandError("--batch must be at least 1")
        round_ = _Round(batch=batch, write=not check)
        for model, names in sealed_models():
            last: Any = None
            while (last := round_.next_batch(model, names, after=last)) is not None:
                pass
        for key_id, count in sorted(round_.keys.items()):
            self.stdout.write(f"key {key_id}: {count}")
        if not check:
            self.stdout.write(f"sealed anew under {current_key_id()}: {round_.resealed}")
        if round_.broken:
            some = "; ".join(round_.broken[:20])
            raise CommandError(f"{len(round_.broken)} values do not open and were left as they are: {some}")


def sealed_models() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table with sealed columns, and the names of these."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        names = [field.name for field in model._meta.local_fields if isinstance(field, SealedTextField)]
        if names:
            yield model, names


@dataclass
class _Round:
    """One walk through all sealed values, and what it met."""

    batch: int
    write: bool
    resealed: int = 0
    keys: Counter[str] = field(default_factory=Counter)  # values found under each key
    broken: list[str] = field(default_factory=list)

    @transaction.atomic
    def next_batch(self, model: type[models.Model], names: list[str], *, after: Any) -> Any:
        """Handle the rows that follow the primary key `after`; returns the last one's key, None when there is none."""
        rows = model._base_manager.order_by("pk").only(*names)
        if self.write:  # what a user writes meanwhile waits, and is not lost
            rows = rows.select_for_update()
        if after is not None:
            rows = rows.filter(pk__gt=after)
        found = list(rows[: self.batch])
        changed = [row for row in found if self._freshen(row, names)]
        if self.write and changed:
            model._base_manager.bulk_update(changed, names)
        return found[-1].pk if found else None

    def _freshen(self, row: models.Model, names: list[str]) -> bool:
        """Put new seals on the values of `row` that need one; every value is opened, so that damage comes to light."""
        before = self.resealed
        for name in names:
            value: Sealed | None = getattr(row, name)
            if not value:  # null or empty: nothing is sealed
                continue
            try:
                key_id, fresh = value.key_id, value.resealed()
            except SealError as error:
                self.broken.append(f"{row._meta.label} {row.pk}: {error}")
                continue
            self.keys[key_id] += 1
            if key_id != current_key_id():
                setattr(row, name, fresh)
                self.resealed += 1
        return self.resealed > before
