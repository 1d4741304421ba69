"""A server of the program on example data: started, waited for, stopped."""

import json
import os
import pathlib
import selectors
import socket
import subprocess
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody of the example agency who can sign in."""

    id: str
    email: str
    password: str
    role: str


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class ServerError(Exception):
    """Why there is no server."""


class Server:
    """`mainstay demo` on a free port. `with` stops it.

    It is given few open files to begin with, as services are; those it needs it asks for itself.
    """

    patience = 240
    # The program looks for a free port and then listens on it: of two that start at once, both could find the same.
    _one_at_a_time = threading.Lock()

    def __init__(self, program, log, database=None, public_url=None, anchors=None, environment=None, more=()):
        """With a public URL it answers as behind a proxy; `url` is where it listens all the same. With anchors it notes in
        that file how far the records go."""
        self._log = open(log, "wb")
        port = free_port() if public_url else 0
        command = ["prlimit", "--nofile=1024:", program, "demo", "--port", str(port), "--print-json"]
        command += ["--database", database] if database else []
        command += ["--public-url", public_url, "--behind-proxy"] if public_url else []
        command += ["--anchors", anchors] if anchors else []
        command += more
        with self._one_at_a_time:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=self._log, text=True, env={**os.environ, **(environment or {})})
            try:
                said = json.loads(self._first_line(log))
            except BaseException:
                self.stop()
                raise
        self.url = f"http://127.0.0.1:{port}" if public_url else said["url"].rstrip("/")
        self.people = [Person(p["id"], p["email"], p["password"], p["role"]) for p in said["people"]]

    def _first_line(self, log):
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            deadline = time.monotonic() + self.patience
            while time.monotonic() < deadline:
                if selector.select(timeout=0.5):
                    line = self._process.stdout.readline()
                    if line:
                        return line
                    break
        ended = f", exit code {self._process.poll()}" if self._process.poll() is not None else ""
        raise ServerError(f"the server does not start{ended}; {log} ends: {pathlib.Path(log).read_text()[-500:]}")

    @property
    def pid(self):
        return self._process.pid

    @property
    def is_running(self):
        return self._process.poll() is None

    @property
    def memory(self):
        """Its resident memory in bytes."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def stop(self):
        """Asks it to stop, as a service manager does; waits."""
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class RunningServer:
    """A server that somebody else started: for work on pages."""

    pid = None
    is_running = True

    def __init__(self, url, people):
        self.url = url.rstrip("/")
        self.people = people

    def stop(self):
        """It is not ours to stop."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass
