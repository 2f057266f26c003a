"""WSGI entry point: pages and API."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pingzhan.settings")

application = get_wsgi_application()

from pingzhan.core.search import warm  # noqa: E402 (needs the settings)

# The dictionary takes half a second: nobody's first search should wait for it, nor the server's start.
threading.Thread(target=warm, daemon=True).start()
