"""Stopping the demo: nothing stays behind, also when Ctrl-C is pressed again because it takes long."""

import os
import subprocess
import sys

SCRIPT = """
import os, signal, subprocess, sys, threading
import django
django.setup()
from pingzhan.demo.management.commands import demo
demo.STOP_SECONDS = 1
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(99)"
child = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True, stdout=subprocess.PIPE)
child.stdout.readline()
signal.signal(signal.SIGTERM, demo._raise_interrupt)
again = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
again.start()
demo.stop([child])
again.join()
print(child.returncode)
"""


def test_asked_twice_it_still_ends_what_does_not_end_by_itself() -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.split()[-1:] == ["-9"], done.stderr
