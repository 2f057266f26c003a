from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "pingzhan.journal"
    label = "journal"
