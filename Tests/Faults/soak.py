"""Hours of ordinary use in which nothing may grow: pages, the API, feeds, mail out and in, webhooks that come to nothing."""

import collections
import contextlib
import http.server
import os
import socket
import subprocess
import threading
import time

from serving import Serve, mailing, sent, until

# A part of the use is looked at on its own, and compared with the first.
PARTS = 4


class DeadEnd:
    """Where webhooks go that come to nothing: one address refuses, one never answers, at one nobody listens."""

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


class Use:
    """What people and programs do at a server, again and again, and how long each answer took."""

    def __init__(self, it, server, database):
        self.it, self.server, self.database = it, server, database
        self.owner, self.client = server.signed_in("owner"), server.signed_in("billing")
        self.person = it.sqlite.person("billing")
        self.token, self.request = it.sqlite.token, it.sqlite.request
        self.failures, self.took = [], collections.defaultdict(list)
        self.counts = collections.Counter()
        self.feed = self._feed()

    def _feed(self):
        fields = self.client.form("/portal/account", "/portal/account/feed")
        answer = self.client.post("/portal/account/feed", {**fields, "current_password": self.person.password})
        return "/feeds/" + answer.body.decode().partition("/feeds/")[2].partition("<")[0]

    def _timed(self, name, part, call):
        """One call; its status is one of success, or it is a failure."""
        began = time.monotonic()
        try:
            status = call()
        except OSError as error:
            status = error
        self.took[name, part].append(time.monotonic() - began)
        if status not in (200, 201, 303):
            self.failures.append(f"{name}: {status}")

    def read(self, part):
        """Pages, the API and the feed, each once."""
        for client, path in ((self.owner, "/today"), (self.owner, "/requests"), (self.owner, "/clients"), (self.client, "/portal"),
                             (self.client, self.feed)):
            name = "/feeds" if path == self.feed else path
            self._timed(name, part, lambda: getattr(client.get(path), "status", None))
        for path in ("/api/v1/requests", "/api/v1/clients"):
            self._timed(path, part, lambda: self.server.get(path, token=self.token)[0])

    def write(self, part):
        """An invitation by mail, a minute of time, a request that webhooks want to hear of, and a client's mail."""
        number = self.counts["writes"]
        self.counts["writes"] += 1
        password = self.it.sqlite.person("owner").password
        if self.counts["mails"] < 90:
            self.counts["mails"] += 1
            name = f"new{number}"
            self._timed("invitation", part, lambda: self.server.get("/api/v1/users/invitations", token=self.token, body={
                "id": name, "name": f"New {number}", "role": "agent", "email": f"{name}@agency.example",
                "current_password": password})[0])
        self._timed("time", part, lambda: self.server.get("/api/v1/time/line", token=self.token, body={
            "line": f"{self.request} 1m troubleshooting: soak {number}"})[0])
        self._timed("request", part, lambda: self.server.get("/api/v1/requests", token=self.token, body={
            "client": "harbor", "service_line": "website-maintenance", "title": f"Told of {number}"})[0])
        # Of one person at most 30 in an hour.
        if number % 3 == 0 and self.counts["mails in"] < 28:
            self.counts["mails in"] += 1
            self._timed("mail in", part, self._mail_in)
        # The mail command is dead for a while, and mails wait.
        dead = self.it.folder / "dead"
        dead.touch() if number % 6 > 3 else dead.unlink(missing_ok=True)

    def _mail_in(self):
        mail = (f"From: {self.person.email}\r\nMessage-ID: <{os.urandom(8).hex()}@soak.example>\r\n"
                f"Subject: [{self.request}] More\r\n\r\nStill so.\r\n")
        command = [self.it.program, "mail-in", "--database", self.database]
        done = subprocess.run(command, input=mail.encode(), capture_output=True, timeout=60, check=False)
        return 200 if done.returncode == 0 else done.returncode

    def median(self, name, part):
        return sorted(self.took[name, part])[len(self.took[name, part]) // 2]

    def p99(self, part):
        """Of all answers to readers, in milliseconds."""
        took = sorted(one for (name, of), all_ in self.took.items() if of == part and name.startswith("/") for one in all_)
        return 1000 * took[len(took) * 99 // 100]


def soak(it):
    """Files, threads, memory and how long readers wait stay, whatever comes and goes."""
    end, database = DeadEnd(), it.file()
    settings = {**mailing(it.folder), "MAINSTAY_CALLS_PER_MINUTE": "1000000"}
    with Serve(it.sqlite, database, it.folder, environment=settings) as server:
        for url in end.urls:
            status, _, text = server.get("/api/v1/webhooks", token=it.sqlite.token, body={
                "url": url, "events": ["request.opened"], "current_password": it.sqlite.person("owner").password})
            assert status in (200, 201), f"{status} {text}"
        use = Use(it, server, database)
        # Everything once, so that what is made when it is first needed is made.
        use.write("first"), use.read("first")
        time.sleep(3)
        before, seen = (server.files, server.threads, server.memory), []
        pause = it.soak / 90
        written = began = time.monotonic()
        while (gone := time.monotonic() - began) < it.soak:
            part = int(gone / it.soak * PARTS)
            use.read(part)
            if time.monotonic() - written >= pause:
                written = time.monotonic()
                use.write(part)
            if len(seen) <= part:
                seen.append((server.files, server.threads, server.memory >> 20))
            time.sleep(0.05)
        with contextlib.suppress(FileNotFoundError):
            (it.folder / "dead").unlink()
        until(lambda: sent(it.folder) >= use.counts["mails"] // 2, 60, "half of the mails are out")
        # Connections and calls that are under way end.
        until(lambda: server.files <= before[0] + 6, 40, f"open files: {before[0]} before, {server.files} after")
        until(lambda: server.threads <= before[1] + 4, 40, f"threads: {before[1]} before, {server.threads} after")
        grown = (server.memory - before[2]) >> 20
        assert grown < 96, f"memory grew by {grown} MB"
        assert not use.failures, use.failures[:5]
        # What everybody reads does not grow with use; lists of what was written do, and the machine may be busy with other tests.
        for name in ("/portal", "/feeds"):
            first, last = use.median(name, 0), use.median(name, PARTS - 1)
            assert last < 3 * first + 0.05, f"{name}: half of the answers took {first:.3f} s, and at the end {last:.3f} s"
        waits = [use.p99(part) for part in range(PARTS)]
        assert waits[-1] < 4 * waits[1] + 250, f"readers' p99 by quarter: {waits}"
        late = seen[-1][2] - seen[PARTS // 2][2]
        assert late < 48, f"memory grew by {late} MB in the last half"
        p99 = ", ".join(f"{wait:.0f}" for wait in waits)
        return (f"{sum(map(len, use.took.values()))} answers, {use.counts['mails']} mails out, {use.counts['mails in']} in; readers' p99 by "
                f"quarter {p99} ms; files {before[0]} and then {server.files}, threads {before[1]} and {server.threads}, memory {grown:+} MB "
                f"({', '.join(str(memory) for _, _, memory in seen)} MB by quarter)")


CASES = [soak]
