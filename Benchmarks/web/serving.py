"""A server of the release build on a database that a benchmark made, with people who are signed in."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Browser"))

from client import Client  # noqa: E402


def address(database):
    """A database as the program names it: a file, unless it says what it is."""
    return str(database) if "://" in str(database) else f"sqlite:{database}"


def mainstay(program, database, *arguments):
    environment = dict(os.environ, MAINSTAY_DATABASE=address(database), MAINSTAY_USER="ada")
    run = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"mainstay {' '.join(arguments)}: {run.stdout}{run.stderr}")
    return run.stdout


class Site:
    """A server on a database, and its owner signed in."""

    def __init__(self, program, database, log, client="c007"):
        self._log = log
        with open(log, "wb") as output:
            self._process = subprocess.Popen(
                [program, "serve", "--port", "0", "--database", address(database), "--user", "ada"], stderr=output,
                env=dict(os.environ, MAINSTAY_CALLS_PER_MINUTE="1000000"))
        self.url = self._address()
        self.at_rest = self.memory("VmRSS")
        self.owner = Client(self.url)
        self._enter(program, database)
        self.contact = Client(self.url)
        self._let_in(program, database, client)
        self.token = mainstay(program, database, "token", "make", "benchmark", "--scope", "read", "--scope", "time", "--scope", "agreements").splitlines()[-1].strip()

    def _let_in(self, program, database, client):
        """Signs a client's contact in, by their link."""
        said = mainstay(program, database, "client", "contact", client, "--name", "Cy", "--email", f"{os.urandom(4).hex()}@example.com")
        invited = mainstay(program, database, "client", "invite", client, said.partition(":")[0], "--role", "billing")
        path = urllib.parse.urlsplit(re.search(r"\S*/links/\S+", invited).group(0)).path
        answer = self.contact.post(f"{path}/enter", self.contact.form(path, f"{path}/enter"))
        if answer.status != 303:
            raise SystemExit(f"{path}/enter answers {answer.status}")

    def _enter(self, program, database):
        """Signs the owner in by a one-time link, so that no password of an earlier run is needed."""
        said = mainstay(program, database, "user", "reset", "ada")
        path = urllib.parse.urlsplit(re.search(r"\S*/links/\S+", said).group(0)).path
        fields = self.owner.form(path, path)
        answer = self.owner.post(path, {**fields, "password": "several words are good"})
        if answer.status != 303:
            raise SystemExit(f"{path} answers {answer.status}")

    def _address(self):
        for _ in range(600):
            for line in self._log.read_text().splitlines():
                if '"serving"' in line:
                    return json.loads(line)["url"]
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"The server does not start:\n{self._log.read_text()[-1000:]}")

    def memory(self, field):
        """In MB."""
        status = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+) kB", status).group(1)) / 1024

    def header(self, path):
        """What says who asks: a program's token, a contact's cookie, or the owner's."""
        if path.startswith("/api/"):
            return f"Authorization: Bearer {self.token}"
        who = self.contact if path.startswith("/portal") else self.owner
        return "Cookie: " + "; ".join(f"{name}={value}" for name, value in who.cookies.items())

    def first(self, path):
        """The first look at a page, in milliseconds."""
        began = time.monotonic()
        name, _, value = self.header(path).partition(": ")
        request = urllib.request.Request(self.url + path, headers={name: value})
        with urllib.request.urlopen(request) as answer:
            return (time.monotonic() - began) * 1000, len(answer.read())

    def stop(self):
        self._process.terminate()
        self._process.wait(timeout=30)


def say(text):
    print(text, file=sys.stderr, flush=True)


def table(titles, rows, texts):
    """Prints Markdown; the first columns are texts, the rest numbers."""
    print()
    print(f"| {' | '.join(titles)} |")
    print(f"| {' | '.join('---' if place < texts else '--:' for place in range(len(titles)))} |")
    for row in rows:
        print(f"| {' | '.join(row)} |")
