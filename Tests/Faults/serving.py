"""`mainstay serve` on a database with the example agency in it, and what can be seen of it from outside."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from client import Client
from server import Person, free_port


def until(condition, within, what):
    """Waits for something; how long it took, in seconds."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if condition():
            return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError(f"not within {within} s: {what}")


class Agency:
    """The example agency in a database: made once, copied for each case."""

    def __init__(self, program, url, log):
        self.program, self.url = program, url
        with open(log, "wb") as kept:
            demo = subprocess.Popen(
                [program, "demo", "--port", "0", "--print-json", "--database", url], stdout=subprocess.PIPE, stderr=kept, text=True)
            said = json.loads(demo.stdout.readline())
            self.people = [Person(p["id"], p["email"], p["password"], p["role"]) for p in said["people"]]
            # Sessions are in the database, and passwords cost a server that is none of a demo seconds.
            self._cookies = {role: self._sign_in(said["url"].rstrip("/"), role) for role in ("owner", "billing")}
            demo.terminate()
            demo.wait()
        self.token = self.run("token", "make", "faults", *(w for s in ("read", "time", "requests", "admin") for w in ("--scope", s)))
        self.token = self.token.splitlines()[-1].strip()
        self.routes = json.loads(subprocess.run([program, "routes", "--format", "json"], capture_output=True, check=True).stdout)
        opened = self.run("request", "open", "harbor", "To be worked on", "--line", "website-maintenance")
        self.request = opened.partition(":")[0]

    def run(self, *words):
        done = subprocess.run(
            [self.program, *words, "--user", "ada"], capture_output=True, text=True, check=False,
            env={**os.environ, "MAINSTAY_DATABASE": self.url})
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def _sign_in(self, url, role):
        client = Client(url)
        client.sign_in(self.person(role))
        return client.cookies

    def signed_in(self, url, role):
        """Somebody's browser, at a server on a copy of the database."""
        client = Client(url)
        client.cookies = dict(self._cookies[role])
        return client

    def person(self, role):
        return next(person for person in self.people if person.role == role)


class Serve:
    """One server. Its log is a file; `before` are words that stand before the command."""

    def __init__(self, agency, database, folder, before=(), more=(), environment=None, waits=True):
        self.agency = agency
        self.log = pathlib.Path(folder) / "serve.log"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._file = open(self.log, "ab")
        self.process = subprocess.Popen(
            [*before, agency.program, "serve", "--port", str(port), *more], stderr=self._file, stdout=self._file,
            env={**os.environ, "MAINSTAY_DATABASE": database, "MAINSTAY_USER": "ada", "MAINSTAY_WEBHOOKS_ALLOW_PRIVATE": "1",
                 **(environment or {})})
        if waits:
            until(lambda: self.status("/ready") == 200, 60, "the server is ready")

    @property
    def pid(self):
        return self.process.pid

    def status(self, path, timeout=5):
        try:
            return self.get(path, timeout=timeout)[0]
        except OSError:
            return None

    def get(self, path, timeout=90, token=None, body=None, key=None, method=None):
        """The status, the headers and the text."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers |= {"content-type": "application/json", "idempotency-key": key or os.urandom(8).hex()}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def signed_in(self, role="owner"):
        return self.agency.signed_in(self.url, role)

    def metrics(self):
        """Figures without labels, and with them, by their whole names."""
        text = self.get("/metrics")[2]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[0] != "#")}

    def logged(self, words):
        return [line for line in self.log.read_text().splitlines() if words in line]

    @property
    def files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    @property
    def memory(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text()).group(1)) << 10

    @property
    def seconds_of_work(self):
        """What it used of processors."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


MAIL = """#!/bin/sh
cat > /dev/null
[ ! -e "{folder}/dead" ] || exit 75
echo "$@" >> "{folder}/sent"
"""


def mailing(folder):
    """What makes a server hand its mail to a command that notes it, or refuses it while there is a file `dead`."""
    script = folder / "send"
    script.write_text(MAIL.format(folder=folder))
    script.chmod(0o755)
    return {"MAINSTAY_MAIL_COMMAND": str(script), "MAINSTAY_MAIL_FROM": "desk@agency.example"}


def sent(folder, address=""):
    """How many mails went out, of all or to somebody."""
    path = folder / "sent"
    return sum(address in line for line in path.read_text().splitlines()) if path.exists() else 0


def time_form(client, agency, note):
    """The form on Today that logs a minute; it moves money, so that it must be done once or not at all."""
    fields = client.form("/today", "/time")
    return {**fields, "line": f"{agency.request} 1m troubleshooting: {note}", "save": "yes"}


def times_recorded(client, agency, note):
    client.get("/today")
    return client.get(f"/requests/{agency.request}").body.decode().count(note)


def connections(url, count):
    """So many connections on which nothing is said. Those that are not taken wait in the system's line."""
    port = int(url.rpartition(":")[2])
    opened = []
    for _ in range(count):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", port))
        opened.append(connection)
    return opened
