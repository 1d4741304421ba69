"""Servers as their administrators treat them: a log that nobody reads, and two on one PostgreSQL database that are changed for newer
ones, one after the other, while people go on working."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

from server import free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Serving:
    """`mainstay serve` on a port, with a database of its own or of several."""

    def __init__(self, program, database, log, port=None):
        """The log is a file, or what subprocess takes for one."""
        self.port = port or free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MAINSTAY_")}
        environment |= {"MAINSTAY_DATABASE": database, "MAINSTAY_CALLS_PER_MINUTE": "1000000"}
        self.process = subprocess.Popen(
            [program, "serve", "--port", str(self.port)], env=environment, stdout=subprocess.DEVNULL, stderr=log)

    def send(self, path, body=None, headers=None, timeout=20):
        """The status and the body of an answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body and json.dumps(body).encode(),
            {"Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def wait(self):
        """Until it is ready."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if self.send("/ready")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not get ready")

    def stop(self):
        """Asks it to stop; its exit code, None where it does not."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


def run(program, database, *arguments):
    """What a command prints."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAINSTAY_")}
    environment |= {"MAINSTAY_DATABASE": database, "MAINSTAY_USER": "ada"}
    return subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def check(program, postgres):
    """Whether all is as it should be."""
    ok = stuck_log(program)
    if postgres:
        ok &= rolling(program, postgres)
    return ok


def stuck_log(program):
    """Nobody reads standard error: pages go on, what is dropped is counted, and the server still stops."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:{folder}/log.sqlite"
        run(program, database, "setup", "--name", "Ada")
        reader, writer = os.pipe()
        server = Serving(program, database, writer).wait()
        os.close(writer)
        try:
            # 64 KB are in the pipe and 1 MB waits, of lines of some 250 bytes.
            count = 0
            dropped = 0
            while not dropped and count < 20_000:
                for _ in range(500):
                    assert server.send("/sign-in")[0] == 200
                    count += 1
                dropped = counted(server, "mainstay_log_lines_dropped_total")
            print(f"stuck log: {count} pages, {dropped:.0f} lines dropped")
            code = server.stop()
        except OSError as error:
            print(f"stuck log: after {count} pages: {error}")
            return False
        finally:
            server.process.kill()
            os.close(reader)
        return dropped > 0 and code == 0


def counted(server, name):
    """A figure of the metrics."""
    for line in server.send("/metrics")[1].decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return 0


def rolling(program, postgres):
    """While six people log time at whichever server answers, each of two is stopped and started again: every entry is there once."""
    name = f"rolling_{os.getpid()}"
    subprocess.run(["psql", "-q", postgres, "-c", f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"], check=True)
    head, _, query = postgres.partition("?")
    database = head.rsplit("/", 1)[0] + "/" + name + ("?" + query if query else "")
    run(program, database, "setup", "--name", "Ada")
    run(program, database, "terms", "add", "examples/terms/current.yaml")
    run(program, database, "client", "add", "acme", "--name", "Acme", "--zone", "Europe/Paris")
    request = run(
        program, database, "request", "open", "acme", "Slow pages", "--line", "website-maintenance").partition(":")[0]
    token = run(program, database, "token", "make", "check", "--scope", "time", "--scope", "read").splitlines()[-1].strip()
    with tempfile.TemporaryDirectory() as folder:
        servers = [Serving(program, database, open(f"{folder}/{place}.log", "wb")).wait() for place in range(2)]
        done, failed, over = [], [], threading.Event()

        def work(number):
            turn = 0
            while not over.is_set():
                turn += 1
                key = str(uuid.uuid4())
                body = {"request": request, "work_type": "research", "date": "2026-09-01", "hours": "0:01", "note": key}
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
                deadline = time.monotonic() + 60
                while time.monotonic() < deadline:
                    # As a proxy does: the other one, where one is away.
                    turn += 1
                    try:
                        status, answer = servers[(number + turn) % 2].send("/api/v1/time", body, headers)
                    except OSError:
                        time.sleep(0.05)
                        continue
                    if status == 503:
                        continue
                    (done if status in (200, 201) else failed).append((key, status, answer[:200]))
                    break
                else:
                    failed.append((key, "no answer", b""))

        people = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for person in people:
            person.start()
        codes = []
        for place in range(2):
            time.sleep(1)
            codes.append(servers[place].stop())
            time.sleep(0.5)
            servers[place] = Serving(
                program, database, open(f"{folder}/{place}-new.log", "wb"), servers[place].port).wait()
        time.sleep(1)
        over.set()
        for person in people:
            person.join()
        for server in servers:
            server.stop()
    facts = run(program, database, "export", "--facts")
    lost = [key for key, _, _ in done if facts.count(key) != 1]
    verified = run(program, database, "verify")
    print(f"rolling servers: {len(done)} entries, {len(failed)} refused, {len(lost)} lost or doubled; {verified.strip()[:80]}")
    if failed:
        print(failed[:3])
    return bool(done) and not failed and not lost and codes == [0, 0]
