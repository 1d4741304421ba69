"""Faults of the server itself: open files that run out, resources that leak, a certificate and a log that change, a stop that
somebody holds up."""

import http.server
import json
import os
import signal
import socket
import ssl
import subprocess
import threading
import time

from client import connect, head, read_answer
from serving import Serve, connections, until


class Impossible(Exception):
    """A case cannot be tried on this machine, and why."""


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


def invite(server, number):
    """Has a mail sent."""
    name = f"new{number}"
    status, _, text = server.get("/api/v1/users/invitations", token=server.agency.token, body={
        "id": name, "name": f"New {number}", "role": "agent", "email": f"{name}@agency.example",
        "current_password": server.agency.person("owner").password})
    assert status in (200, 201), f"an invitation: {status} {text}"


def sent(folder, address=""):
    """How many mails went out, of all or to somebody."""
    path = folder / "sent"
    return sum(address in line for line in path.read_text().splitlines()) if path.exists() else 0


def files_run_out(it):
    """Of 192 open files, connections may not take those that mail and the database need; others are served again afterwards."""
    most = 192
    with Serve(it.sqlite, it.file(), it.folder, ["prlimit", f"--nofile={most}:{most}"], environment=mailing(it.folder)) as server:
        kept = connect(server.url, timeout=30)
        opened = connections(server.url, 400)
        try:
            until(lambda: server.logged("all connections are taken"), 30, "the log says that connections run out")
            # Whoever has a connection is served, and what is done makes a mail, which needs files of its own.
            kept.sendall(head("GET", "/metrics", Host=server.url[7:]))
            answer = read_answer(kept)
            figures = dict(line.rsplit(" ", 1) for line in answer.body.decode().splitlines() if line[0] != "#")
            assert figures["process_max_fds"] == str(most), figures["process_max_fds"]
            assert float(figures["process_open_fds"]) <= most - 32, f"open: {figures['process_open_fds']}"
            assert float(figures["http_connections_open"]) >= float(figures["http_connections_max"]) > 32
            body = json.dumps({
                "id": "late", "name": "Late", "role": "agent", "email": "late@agency.example",
                "current_password": it.sqlite.person("owner").password}).encode()
            kept.sendall(head(
                "POST", "/api/v1/users/invitations", Host=server.url[7:], Authorization=f"Bearer {it.sqlite.token}",
                Content_Type="application/json", Idempotency_Key="late", Content_Length=str(len(body))) + body)
            answer = read_answer(kept)
            assert answer and answer.status in (200, 201), answer
            until(lambda: sent(it.folder, "late@agency.example") == 1, 30, "mail goes out while connections are taken")
        finally:
            for connection in [kept, *opened]:
                connection.close()
        cured = until(lambda: server.status("/ready") == 200, 60, "others are served again")
        assert server.process.poll() is None
    return f"others are served again {cured:.1f} s after connections are closed"


def no_file_left(it):
    """Not one file is left, by whatever took them: the log says so, the server waits without spinning, and goes on afterwards."""
    with Serve(it.sqlite, it.file(), it.folder) as server:
        def limit(most):
            subprocess.run(["prlimit", f"--pid={server.pid}", f"--nofile={most}:"], check=True)

        limit(server.files)
        opened = connections(server.url, 1)
        try:
            until(lambda: server.logged("no connection can be taken"), 20, "the log says that no connection can be taken")
            before = server.seconds_of_work
            time.sleep(3)
            spent = server.seconds_of_work - before
            assert spent < 1.5, f"in 3 s of waiting it works for {spent:.1f} s"
            assert len(server.logged("no connection can be taken")) == 1, "it says so again and again"
            limit(1024)
            cured = until(lambda: server.status("/ready") == 200, 30, "others are served again")
        finally:
            for connection in opened:
                connection.close()
        assert server.process.poll() is None
    return f"others are served again {cured:.1f} s after there are files"


class DeadEnd:
    """Where webhooks go that come to nothing: one address refuses, one never answers."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.send_response(500)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.silent = socket.create_server(("127.0.0.1", 0))
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nobody = closed.getsockname()[1]
        self.urls = [f"http://127.0.0.1:{port}/" for port in (self.server.server_port, self.silent.getsockname()[1], nobody)]


def soak(it):
    """Mail that goes and mail that does not, pages, the API, webhooks that come to nothing: files, threads and memory stay."""
    end = DeadEnd()
    with Serve(
        it.sqlite, it.file(), it.folder, environment={**mailing(it.folder), "MAINSTAY_CALLS_PER_MINUTE": "1000000"},
    ) as server:
        people = [server.signed_in(role) for role in ("owner", "billing")]
        for url in end.urls:
            status, _, text = server.get("/api/v1/webhooks", token=it.sqlite.token, body={
                "url": url, "events": ["request.opened"], "current_password": it.sqlite.person("owner").password})
            assert status in (200, 201), f"{status} {text}"
        mails, failures = 0, []

        def use(seconds, mails):
            until_then = time.monotonic() + seconds
            while time.monotonic() < until_then:
                for client, path in ((people[0], "/today"), (people[0], "/requests"), (people[1], "/portal"), (people[0], "/sign-in")):
                    answer = client.get(path)
                    if answer is None or answer.status != 200:
                        failures.append(f"{path}: {answer and answer.status}")
                for path in ("/api/v1/requests", "/api/v1/clients"):
                    if (status := server.get(path, token=it.sqlite.token)[0]) != 200:
                        failures.append(f"{path}: {status}")
                if mails < 90:
                    invite(server, mails)
                    mails += 1
                if mails % 10 == 0:
                    server.get("/api/v1/requests", token=it.sqlite.token, body={
                        "client": "harbor", "service_line": "website-maintenance", "title": "Told of"})
                (it.folder / "dead").touch() if mails % 30 > 20 else (it.folder / "dead").unlink(missing_ok=True)
            return mails

        # Everything once, so that what is made when it is first needed is made.
        mails = use(4, mails)
        time.sleep(3)
        before = (server.files, server.threads, server.memory)
        mails = use(it.soak, mails)
        (it.folder / "dead").unlink(missing_ok=True)
        until(lambda: sent(it.folder) >= mails // 2, 60, "half of the mails are out")
        # Connections and calls that are under way end.
        until(lambda: server.files <= before[0] + 6, 40, f"open files: {before[0]} before, {server.files} after")
        until(lambda: server.threads <= before[1] + 4, 40, f"threads: {before[1]} before, {server.threads} after")
        grown = (server.memory - before[2]) >> 20
        assert grown < 96, f"memory grew by {grown} MB"
        assert not failures, failures[:5]
        return f"{mails} mails, files {before[0]} and then {server.files}, threads {before[1]} and {server.threads}, memory {grown:+} MB"


def certificate(folder, number):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=number {number}", "-set_serial", str(number),
         "-keyout", f"{folder}/new.key", "-out", f"{folder}/new.pem"], check=True, capture_output=True)
    for name in ("key", "pem"):
        os.replace(f"{folder}/new.{name}", f"{folder}/tls.{name}")


def served(server):
    """The subject of the certificate that a handshake gets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with connect(server.url) as plain, context.wrap_socket(plain) as connection:
            text = ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))
    except (OSError, ssl.SSLError):
        return None
    shown = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=text, capture_output=True, text=True, check=True)
    return shown.stdout.strip().rpartition(" ")[2]


def hang_up(it):
    """SIGHUP reads the certificate again and opens the log again; a certificate that is none changes nothing."""
    certificate(it.folder, 1)
    tls = ["--certificate", f"{it.folder}/tls.pem", "--private-key", f"{it.folder}/tls.key"]
    with Serve(it.sqlite, it.file(), it.folder, more=tls, waits=False) as server:
        until(lambda: served(server) == "1", 60, "the first certificate is served")
        certificate(it.folder, 2)
        os.rename(server.log, it.folder / "serve.log.1")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: served(server) == "2", 20, "the second certificate is served")
        until(lambda: server.log.exists() and server.logged("read again"), 20, "the log goes on in a new file")
        (it.folder / "tls.pem").write_text("no certificate")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: server.logged("the one before stays"), 20, "the log says that it is no certificate")
        assert served(server) == "2", "a bad file took the certificate away"
        assert server.process.poll() is None
    return "another certificate and another log file are taken, a bad one is not"


def stop(it):
    """Whoever sends a body and never ends it does not hold up the stop."""
    with Serve(it.sqlite, it.file(), it.folder) as server:
        client = server.signed_in()
        held = []
        fields = {"Host": server.url[7:], "Content_Type": "application/x-www-form-urlencoded", "Origin": server.url, "Content_Length": "1000"}
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        for _ in range(2):
            held.append(connect(server.url))
            held[-1].sendall(head("POST", "/time", **fields, Cookie=cookie) + b"a")
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        # Bytes that come now and then keep a connection from being idle.
        while server.process.poll() is None and time.monotonic() - began < 60:
            time.sleep(1)
            for connection in held:
                try:
                    connection.sendall(b"a")
                except OSError:
                    pass
        took = time.monotonic() - began
        assert took < 28, f"it stops after {took:.0f} s, and the unit waits 30"
        assert server.process.poll() == 0, f"it ends with {server.process.poll()}"
    return f"stopped after {took:.0f} s"


CASES = [soak, stop, files_run_out, no_file_left, hang_up]
