"""The PostgreSQL server of the tests: stopped, started, frozen, made to take no writes; and a proxy that cuts answers off."""

import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import threading
import urllib.parse


class PostgreSQL:
    """The server that scripts/postgres-for-tests started, by its URL."""

    def __init__(self, url):
        self.url = url
        self.folder = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["host"][0]
        self.data = f"{self.folder}/data"
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))
        self.control = str(found[-1]) if found else "pg_ctl"
        # A start gives the server what it was started with.
        self.options = " ".join((pathlib.Path(self.data) / "postmaster.opts").read_text().split()[1:])

    def sql(self, text, database="postgres"):
        subprocess.run(["psql", "-qX", self.named(database), "-c", text], check=True, capture_output=True)

    def named(self, database):
        return self.url.replace("/postgres?", f"/{database}?")

    def create(self, database, template=None):
        self.sql(f"CREATE DATABASE {database}" + (f" TEMPLATE {template}" if template else ""))
        return self.named(database)

    def drop(self, database):
        self.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def cut(self, database):
        """Ends all connections to a database."""
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    def _control(self, *words):
        who = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*who, self.control, "-D", self.data, "-s", "-w", *words], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def stop(self):
        self._control("-m", "immediate", "stop")

    def start(self):
        self._control("-l", f"{self.data}/server.log", "-t", "60", "-o", self.options, "start")

    def processes(self):
        """The server and all that it started."""
        first = int((pathlib.Path(self.data) / "postmaster.pid").read_text().split()[0])
        children = [int(path.name) for path in pathlib.Path("/proc").iterdir() if path.name.isdigit() and parent(path) == first]
        return [first, *children]

    def freeze(self):
        for process in self.processes():
            os.kill(process, signal.SIGSTOP)

    def thaw(self):
        for process in self.processes():
            os.kill(process, signal.SIGCONT)


def parent(path):
    try:
        return int(re.search(r"PPid:\s+(\d+)", (path / "status").read_text()).group(1))
    except OSError:
        return 0


class CuttingProxy:
    """Stands between a program and the server. Of the transaction that holds some words, and once, the COMMIT is passed on and
    done, and its answer is not given: the connection ends instead."""

    def __init__(self, server):
        self._to = f"{server.folder}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.words = None
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, server, database):
        """The database by way of the proxy."""
        return server.named(database).split("?")[0].replace("@/", f"@127.0.0.1:{self.port}/") + "?sslmode=disable&gssencmode=disable"

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        server, is_it = socket.socket(socket.AF_UNIX), False
        with client, server:
            server.connect(self._to)
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for source in ready:
                    try:
                        data = source.recv(65536)
                    except ConnectionError:
                        return
                    if not data:
                        return
                    is_it |= source is client and self.words is not None and self.words in data
                    if source is client and is_it and b"COMMIT" in data:
                        self.words = None
                        server.sendall(data)
                        server.recv(65536)
                        self.cuts += 1
                        return
                    (server if source is client else client).sendall(data)

    def close(self):
        self._listener.close()
