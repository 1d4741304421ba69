"""Faults of the server itself: open files that run out, a certificate and a log that change, a stop that somebody holds up."""

import json
import os
import signal
import socket
import ssl
import subprocess
import time

from client import connect, head, read_answer
from serving import Serve, connections, mailing, sent, until


class Impossible(Exception):
    """A case cannot be tried on this machine, and why."""


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


CASES = [stop, files_run_out, no_file_left, hang_up]
