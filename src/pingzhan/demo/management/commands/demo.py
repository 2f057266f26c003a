import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from pingzhan.core.clock import now
from pingzhan.demo.accounts import ACCOUNTS, demo_accounts, enter_token
from pingzhan.demo.load import CITIES, is_loaded, load_demo

STOP_SECONDS = 15


class Command(BaseCommand):
    help = "Load the demo city once and serve it: web and worker, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--data", help="folder of the data (default var/)"
        )  # read by the launcher, before Django starts
        parser.add_argument("--city", default="putuo", choices=sorted(CITIES))
        parser.add_argument("--scale", default="small", choices=["small", "full"])
        parser.add_argument("--fresh", action="store_true", help="throw the demo's data away and load anew")
        parser.add_argument("--no-browser", action="store_true")
        parser.add_argument("--load-only", action="store_true", help="load and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("the demo runs with PINGZHAN_DEMO=1; `./pz demo` sets it")
        self.make_sure_port_is_free(options["port"])
        self.prepare(options)
        if options["load_only"]:
            return
        connection.close()
        base = f"http://127.0.0.1:{options['port']}"
        commands = {
            "web": ["serve", "--port", str(options["port"])],
            "worker": ["worker"],
        }
        running = {name: self.start(arguments) for name, arguments in commands.items()}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _raise_interrupt)
        code = 0
        try:
            self.wait_until_ready(base, running["web"])
            self.welcome(base)
            if not options["no_browser"]:
                webbrowser.open(f"{base}/demo/")
            code = self.watch(running)
        except KeyboardInterrupt:
            self.stdout.write("\nstopping …")
        finally:
            stop(list(running.values()))
        if code:
            sys.exit(code)

    def make_sure_port_is_free(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CommandError(f"port {port} is taken: choose another with --port") from error

    def prepare(self, options: dict[str, Any]) -> None:
        if options["fresh"]:
            self.throw_away()
        call_command("migrate", verbosity=0)
        if is_loaded():
            return
        self.stdout.write(f"loading the demo city {options['city']} ({options['scale']}) …")
        load_demo(
            city=options["city"], scale=options["scale"], now=now(), say=lambda line: self.stdout.write("  " + line)
        )

    def throw_away(self) -> None:
        """Empty the demo's own database; never one that holds no demo."""
        from pingzhan.access.models import User

        tables = connection.introspection.table_names()
        if "access_user" in tables and User.objects.exists() and not demo_accounts():
            raise CommandError("this database holds no demo: --fresh will not empty it")
        if connection.vendor == "sqlite":
            connection.close()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{settings.DATABASES['default']['NAME']}{suffix}").unlink(missing_ok=True)
        elif tables:
            call_command("flush", verbosity=0, interactive=False)

    def start(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 (our own commands)
            [sys.executable, "-P", "-m", "pingzhan.cli", *arguments],
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the others in order
            env=os.environ | {"PINGZHAN_DATA_DIR": str(settings.DATA_DIR)},
        )

    def wait_until_ready(self, base: str, web: "subprocess.Popen[bytes]") -> None:
        for _ in range(300):
            if web.poll() is not None:
                raise CommandError(f"the web server did not start: is {base} in use? try --port")
            try:
                with urllib.request.urlopen(f"{base}/healthz", timeout=2) as answer:  # noqa: S310 (our own address)
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise CommandError("the web server does not answer")

    def welcome(self, base: str) -> None:
        rows = demo_accounts()
        lines = [f"\n平战 Pingzhan demo   {base}/   (all links: {base}/demo/)", ""]
        lines += [
            f"  {row.username:<12}{row.role:<21}{base}/demo/enter/{enter_token(row.username)}"
            f"  {ACCOUNTS[row.username][1]}"
            for row in rows
        ]
        lines += ["", "Ctrl-C stops web and worker."]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def watch(self, running: dict[str, "subprocess.Popen[bytes]"]) -> int:
        """Until one of the processes ends by itself."""
        while True:
            for name, process in running.items():
                code = process.poll()
                if code is not None:
                    self.stderr.write(f"{name} ended with {code}; stopping the rest")
                    return code or 1
            time.sleep(0.3)


def _raise_interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def stop(processes: list["subprocess.Popen[bytes]"]) -> None:
    """Ask all to end, wait, then end what is left; whoever asks again meanwhile does not leave something running."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
