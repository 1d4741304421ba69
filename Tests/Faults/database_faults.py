"""Faults of the database: it is full, takes no writes, is away, is frozen, or is cut off at the commit."""

import os
import subprocess
import time

from client import Client
from postgres import CuttingProxy
from serving import Serve, time_form, times_recorded, until
from server_faults import Impossible

NOTICE = "Nothing can be saved"


class Look:
    """What readers, writers and watchers see of a server, before a fault, while there is one, and after it."""

    def __init__(self, server, agency, everything=False):
        """Reads a page and a call of each kind, or everything that can be read."""
        self.server, self.agency = server, agency
        self.owner, self.contact = server.signed_in("owner"), server.signed_in("billing")
        self.form = time_form(self.owner, agency, "before it")
        # Every page and call that names nothing in its path, and one that does.
        few = ("/today", "/requests", "/portal", "/api/v1/clients")
        reads = [
            route for route in agency.routes
            if route["method"] == "GET" and "{" not in route["path"] and (everything or route["path"] in few)]
        staff, contacts = ("agent", "manager", "owner"), ("viewer", "requester", "approver", "billing")
        self.pages = [(self.owner, route["path"]) for route in reads if route["access"] in staff]
        self.pages += [(self.contact, route["path"]) for route in reads if route["access"] in contacts]
        self.pages.append((self.owner, f"/requests/{agency.request}"))
        self.calls = [route["path"] for route in reads if route["access"] in ("token:read", "token:requests", "token:admin")]
        # What is answered otherwise by itself, as with a redirection or a 422, is so during a fault too.
        self.usual = {place: self._status(*place) for place in self.pages}
        self.usual_calls = {path: server.get(path, token=agency.token)[0] for path in self.calls}

        assert list(self.usual.values()).count(200) >= (10 if everything else 4), self.usual

    def _status(self, client, path):
        return client.get(path).status

    def reads(self, notice):
        """Everybody reads, and sees the notice, or does not."""
        for client, path in self.pages:
            answer = client.get(path)
            assert answer and answer.status == self.usual[client, path], f"{path}: {answer and answer.status}"
            if answer.status == 200 and b"<main" in answer.body:
                assert (NOTICE in answer.body.decode()) == notice, f"{path}: the notice is {'missing' if notice else 'there'}"
        for path in self.calls:
            status, _, text = self.server.get(path, token=self.agency.token)
            assert status == self.usual_calls[path], f"{path}: {status} {text}"
        status = self.server.get("/api/v1/clients", token="msty_" + "A" * 43)[0]
        assert status == 401, f"a wrong token: {status}"

    def refused(self, words, code):
        """Whoever writes or signs in is told, in words, and when to try again."""
        answer = self.owner.post("/time", self.form)
        told(answer.status, answer.header("retry-after"), answer.body.decode(), words, "a form")
        status, headers, text = self.server.get("/api/v1/requests", token=self.agency.token, body={
            "client": "harbor", "service_line": "website-maintenance", "title": "Not to be"})
        told(status, headers["retry-after"], text, f'"code":"{code}"', "a call")
        assert headers["content-type"] == "application/problem+json", headers["content-type"]
        stranger, person = Client(self.server.url), self.agency.person("owner")
        fields = stranger.form("/sign-in", "/sign-in")
        if fields is not None:
            answer = stranger.post("/sign-in", {**fields, "email": person.email, "password": person.password})
            told(answer.status, answer.header("retry-after"), answer.body.decode(), words, "signing in")

    def writes(self):
        """What was refused is sent again as it is, and is recorded once."""
        for _ in range(2):
            answer = self.owner.post("/time", self.form)
            assert answer.status == 303, f"the form, sent again: {answer.status}"
        count = times_recorded(self.owner, self.agency, "before it")
        assert count == 1, f"sent three times, it is recorded {count} times"


def told(status, wait, text, words, who):
    assert status == 503, f"{who}: answers {status}, not 503"
    assert words in text, f"{who}: does not say \"{words}\""
    assert wait, f"{who}: does not say when to try again"
    assert "mistake is ours" not in text, f"{who}: is told that the mistake is ours"


def not_saved(server, agency, fault, cure):
    """A fault that keeps everything from being saved, and nothing from being read."""
    look = Look(server, agency, everything=True)
    look.reads(notice=False)
    fault()
    began = time.monotonic()
    look.refused(NOTICE, "not-saved")
    look.reads(notice=True)
    assert server.metrics()["database_writable"] == 0, "the metrics say that it can be written"
    until(lambda: server.logged("nothing can be saved"), 20, "the log says that nothing can be saved")
    alarm = time.monotonic() - began
    look.reads(notice=True)
    assert server.status("/ready") == 200, "/ready says no, where reading works"
    cure()
    cured = until(lambda: server.metrics()["database_writable"] == 1, 30, "it is seen that it can be saved again")
    look.reads(notice=False)
    look.writes()
    return f"read all along; told after {alarm:.1f} s, over {cured:.1f} s after the cure"


def disk_full(it):
    """SQLite on a disk that is full."""
    if os.getuid() != 0:
        raise Impossible("a small disk can be mounted by root alone")
    disk = it.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        raise Impossible(mounted.stderr.strip())
    try:
        with Serve(it.sqlite, it.file(disk), it.folder) as server:
            def fill():
                # What SQLite keeps to write again into is used up too.
                with open(disk / "filler", "wb", buffering=0) as filler:
                    for size in (1 << 20, 4096):
                        try:
                            while filler.write(b"a" * size) == size:
                                pass
                        except OSError:
                            pass

            return not_saved(server, it.sqlite, fill, (disk / "filler").unlink)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def no_writes(it):
    """PostgreSQL that takes no writes, as a standby does."""
    url, name = it.database()

    def read_only(is_on):
        it.server.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if is_on else 'off'}")
        it.server.cut(name)

    with Serve(it.postgres, url, it.folder) as server:
        return not_saved(server, it.postgres, lambda: read_only(True), lambda: read_only(False))


def away(it):
    """PostgreSQL is stopped under a server, and started again."""
    url, _ = it.database()
    with Serve(it.postgres, url, it.folder) as server:
        look = Look(server, it.postgres)
        it.server.stop()
        began = time.monotonic()
        try:
            answer = look.owner.get("/requests")
            told(answer.status, answer.header("retry-after"), answer.body.decode(), "The database is away", "a page")
            look.refused("The database is away", "database-away")
            status, headers, text = server.get("/api/v1/clients", token=it.postgres.token)
            told(status, headers["retry-after"], text, '"code":"database-away"', "reading by the API")
            assert server.status("/ready") == 503, "/ready says yes"
            alarm = time.monotonic() - began
            assert server.status("/health") == 200, "/health says no"
        finally:
            it.server.start()
        cured = until(lambda: server.status("/ready") == 200, 30, "it is ready again")
        look.reads(notice=False)
        look.writes()
        return f"told after {alarm:.1f} s, ready {cured:.1f} s after the start"


def frozen(it):
    """PostgreSQL stops answering without ending a connection."""
    url, _ = it.database()
    with Serve(it.postgres, url, it.folder) as server:
        look = Look(server, it.postgres)
        it.server.freeze()
        began = time.monotonic()
        try:
            answer = look.owner.send("GET", "/requests", timeout=60)
            told(answer.status, answer.header("retry-after"), answer.body.decode(), "The database is away", "a page")
            alarm = time.monotonic() - began
            assert server.status("/health") == 200, "/health says no"
            until(lambda: server.status("/ready", timeout=30) == 503, 60, "/ready says no")
        finally:
            it.server.thaw()
        cured = until(lambda: server.status("/ready", timeout=30) == 200, 60, "it is ready again")
        look.reads(notice=False)
        look.writes()
        return f"told after {alarm:.1f} s, ready {cured:.1f} s after it goes on"


def waits_at_start(it):
    """A server that starts before its database waits for it."""
    url, _ = it.database()
    it.server.stop()
    started = False
    try:
        with Serve(it.postgres, url, it.folder, waits=False) as server:
            until(lambda: server.status("/health") == 200, 30, "it lives")
            assert server.status("/ready") == 503, "it is ready without a database"
            status, headers, text = server.get("/today")
            told(status, headers["retry-after"], text, "The database is away", "a page")
            status, headers, text = server.get("/api/v1/clients")
            told(status, headers["retry-after"], text, '"code":"database-away"', "a call")
            until(lambda: server.logged("the database is waited for"), 10, "the log says what is waited for")
            it.server.start()
            started = True
            cured = until(lambda: server.status("/ready") == 200, 60, "it is ready")
            assert server.signed_in().get("/today").status == 200
    finally:
        if not started:
            it.server.start()
    return f"ready {cured:.1f} s after the database"


def cut_at_commit(it):
    """The answer to a COMMIT is cut off: it is not said that nothing was done, and sending it again does it once."""
    _, name = it.database()
    proxy = CuttingProxy(it.server)
    try:
        with Serve(it.postgres, proxy.url(it.server, name), it.folder) as server:
            owner = server.signed_in()
            form = time_form(owner, it.postgres, "cut off")
            proxy.words = b"cut off"
            answer = owner.post("/time", form)
            assert proxy.cuts == 1, "no commit was cut"
            told(answer.status, answer.header("retry-after"), answer.body.decode(), "not known yet whether this was saved", "a form")
            assert b"Nothing was done" not in answer.body, "it is told that nothing was done"
            for _ in range(2):
                assert owner.post("/time", form).status == 303
            count = times_recorded(owner, it.postgres, "cut off")
            assert count == 1, f"it is recorded {count} times"
            body = {"client": "harbor", "service_line": "website-maintenance", "title": "Cut off by the API"}
            proxy.words = b"Cut off by the API"
            status, headers, text = server.get("/api/v1/requests", token=it.postgres.token, body=body, key="cut")
            told(status, headers["retry-after"], text, '"code":"outcome-unknown"', "a call")
            status, _, text = server.get("/api/v1/requests", token=it.postgres.token, body=body, key="cut")
            assert status in (200, 201), f"the same call again: {status} {text}"
            listed = server.get("/api/v1/requests?limit=100", token=it.postgres.token)[2]
            assert listed.count("Cut off by the API") == 1, "the request is there twice, or not at all"
    finally:
        proxy.close()
    return "told that it is not known; sent again it is there once"


SQLITE = [disk_full]
POSTGRESQL = [no_writes, away, frozen, waits_at_start, cut_at_commit]
