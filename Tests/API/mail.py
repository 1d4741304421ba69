"""Mail as it goes over the wire: out by msmtp to an SMTP server that keeps it, in by `mainstay mail-in` as real programs write it."""

import base64
import contextlib
import email
import email.policy
import json
import os
import pathlib
import queue
import resource
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

from aiosmtpd.controller import Controller
from server import free_port

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


class Sink:
    """An SMTP server on this machine that keeps what it is given."""

    def __init__(self):
        self.mails = queue.Queue()
        self._waiting = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.put((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"

    def next(self, to, subject):
        """The next mail to somebody whose subject has some words; others wait until somebody asks for them."""
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            for place, (recipients, mail) in enumerate(self._waiting):
                if recipients == [to] and subject in mail["subject"]:
                    del self._waiting[place]
                    return mail
            try:
                self._waiting.append(self.mails.get(timeout=1))
            except queue.Empty:
                continue
        raise AssertionError(f"no mail to {to} about {subject}")


class Checks:
    """What was checked, and what was not as it should be."""

    def __init__(self):
        self.count = 0
        self.faults = []

    def expect(self, what, is_right, found=""):
        self.count += 1
        if not is_right:
            self.faults.append(f"{what}: {found!r}")


class Inbox:
    """Gives mails to the program as a mail server does."""

    def __init__(self, program, database):
        self.command = [program, "mail-in", "--database", database]
        self.file = database.removeprefix("sqlite:")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("MAINSTAY_")}

    def let_mails_be_of_earlier(self):
        """Mails of one kind within a few minutes are one mail: what was sent so far is of ten minutes ago from now on."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as database, database:
            database.execute("UPDATE delivery SET next_at = next_at - 600")

    def take(self, mail, *options):
        run = subprocess.run([*self.command, *options], input=mail, capture_output=True, env=self.environment, timeout=120)
        return run.returncode, (run.stdout + run.stderr).decode().strip()

    def filed(self, mail, *options):
        """The request that a mail is filed on."""
        code, said = self.take(mail, *options)
        words = [word.rstrip(".") for word in said.split() if word.startswith("r-")]
        return words[0] if code == 0 and words else f"{code} {said}"


class API:
    def __init__(self, url, token):
        self.url, self.token = url, token

    def __call__(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}", method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json",
                     "idempotency-key": f"mail-{time.monotonic_ns()}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def last(self, request):
        return self("GET", f"/requests/{request}")["messages"][-1]


def gmail(sender, subject, words, html, more=""):
    """A mail as Gmail writes it."""
    return (
        f"MIME-Version: 1.0\r\nFrom: A Client <{sender}>\r\nDate: Mon, 23 Nov 2026 10:02:33 +0100\r\n"
        f"Message-ID: <CAF{time.monotonic_ns()}@mail.gmail.com>\r\nSubject: {subject}\r\nTo: help@agency.example\r\n{more}"
        "Content-Type: multipart/alternative; boundary=\"00000000000064f2\"\r\n\r\n"
        f"--00000000000064f2\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{words}\r\n\r\n"
        f"--00000000000064f2\r\nContent-Type: text/html; charset=\"UTF-8\"\r\n\r\n{html}\r\n\r\n--00000000000064f2--\r\n"
    ).encode()


def answer_in_html(sender, letter, words):
    """An answer as Outlook writes it: HTML alone, in Windows' letters."""
    page = (
        f"<html><head><meta charset=\"windows-1252\"><style>p.MsoNormal{{margin:0}}</style></head><body lang=\"NO\">"
        f"<div class=\"WordSection1\"><p class=\"MsoNormal\">{words}<o:p></o:p></p>"
        "<div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p class=\"MsoNormal\"><b>From:</b> desk@agency.example<br>"
        "<b>Sent:</b> mandag 23. november 2026 10:02<br><b>To:</b> A Client<br><b>Subject:</b> x</p></div>"
        f"<p class=\"MsoNormal\">{letter.get_body(('plain',)).get_content()}</p></div></body></html>")
    return (
        f"From: A Client <{sender}>\r\nTo: help@agency.example\r\nSubject: {'SV: '}{letter['subject']}\r\n"
        f"References: {letter['references']} {letter['message-id']}\r\nIn-Reply-To: {letter['message-id']}\r\n"
        f"Message-ID: <{time.monotonic_ns()}@outlook.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/html; charset=\"windows-1252\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + page.encode("windows-1252", "replace")


def answer_below_quote(sender, letter, words):
    """An answer as Thunderbird writes it: the quote first, in flowed lines."""
    quoted = "".join(f"> {line}\r\n" for line in letter.get_body(("plain",)).get_content().splitlines())
    return (
        f"From: A Client <{sender}>\r\nTo: help@agency.example\r\nSubject: Re: {letter['subject']}\r\n"
        f"In-Reply-To: {letter['message-id']}\r\nMessage-ID: <{time.monotonic_ns()}@tb.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"Am 23.11.26 um 10:02 schrieb desk@agency.example:\r\n{quoted}\r\n{words}\r\n-- \r\nA Client\r\n").encode()


def with_files(sender, subject, files):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, "help@agency.example", subject
    message["Message-ID"] = f"<{time.monotonic_ns()}@client.example>"
    message.set_content("See the files.\n")
    for name, kind, content in files:
        main, sub = kind.split("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def settings(port, folder):
    """What the server is told about mail."""
    configuration = pathlib.Path(folder) / "msmtprc"
    configuration.write_text(f"account default\nhost 127.0.0.1\nport {port}\nfrom desk@agency.example\nauth off\ntls off\n")
    configuration.chmod(0o600)
    return {"MAINSTAY_MAIL_COMMAND": f"/usr/bin/msmtp --file={configuration}", "MAINSTAY_MAIL_FROM": "desk@agency.example",
            "MAINSTAY_MAIL_REPLY_TO": "help@agency.example"}


def check(program, server_type, log, make_token):
    """A client asks by mail, is answered by mail, answers by mail; and mails of all shapes do what they should."""
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder, Sink() as sink:
        database = f"sqlite:{folder}/mail.sqlite"
        os.environ.update(settings(sink.port, folder))
        try:
            with server_type(program, log, database) as server:
                walk(checks, sink, Inbox(program, database), server, API(server.url, make_token(database)))
        except AssertionError as fault:
            checks.faults.append(str(fault))
        finally:
            for name in settings(0, folder):
                os.environ.pop(name)
    for fault in checks.faults:
        print(f"mail: {fault}")
    print(f"mail: {checks.count - len(checks.faults)} as they should be, {len(checks.faults)} not")
    return not checks.faults


def walk(checks, sink, inbox, server, api):
    expect = checks.expect
    client = next(person for person in server.people if person.role == "billing").email
    owner = next(person for person in server.people if person.id == "ada").email

    # Asked by mail, answered by mail.
    request = inbox.filed(gmail(client, "=?UTF-8?Q?Gutschein_f=C3=BCr_Weihnachten?=", "Der Gutschein f=C3=BCr\r\nWeihnachten druckt nicht =E2=80=93 warum?",
                                "<div dir=\"ltr\">Der Gutschein</div>"))
    expect("a request is opened", request.startswith("r-"), request)
    opened = api("GET", f"/requests/{request}")
    expect("its title", opened["title"] == "Gutschein für Weihnachten", opened)
    expect("its words", opened["messages"][0]["text"] == "Der Gutschein für\nWeihnachten druckt nicht – warum?", opened)
    told = sink.next(owner, f"[{request}]")
    expect("who shares out the work is told", "druckt nicht" in told.get_body(("plain",)).get_content(), told.as_string())
    receipt = sink.next(client, f"[{request}]").get_body(("plain",)).get_content()
    expect("who asked hears that it came, and what it would cost", "Server work: Not charged" in receipt, receipt)
    inbox.let_mails_be_of_earlier()
    api("POST", f"/requests/{request}/messages", {"text": "Welcher Drucker?"})
    letter = sink.next(client, f"[{request}]")
    plain, rich = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    expect("both forms say it", "Welcher Drucker?" in plain and "Welcher Drucker?" in rich, plain)
    expect("answers go to us", letter["reply-to"] == "help@agency.example", letter["reply-to"])
    expect("it says that it is from a machine", letter["auto-submitted"] == "auto-generated")
    expect("what is ours in an answer is marked", plain.startswith("— Write your answer above this line —"), plain)

    for shape, words in [(answer_in_html, "Den på lageret, €5 hver"), (answer_below_quote, "Der im Lager.")]:
        filed = inbox.filed(shape(client, letter, words))
        expect(f"{shape.__name__}: on its request", filed == request, filed)
        expect(f"{shape.__name__}: its own words alone", api.last(request)["text"] == words, api.last(request))
    quoted = gmail(client, f"Re: {letter['subject']}", "Danke!=20\r\n\r\nOn Mon, 23 Nov 2026 at 10:02, <desk@agency.example> wrote:\r\n> Hallo\r\n> x",
                   "<div>Danke!</div>", f"In-Reply-To: {letter['message-id']}\r\n")
    expect("an answer of Gmail", inbox.filed(quoted) == request and api.last(request)["text"] == "Danke!", api.last(request))
    expect("the same again does nothing", inbox.filed(quoted) == request)
    expect("and is there once", sum(m["text"] == "Danke!" for m in api("GET", f"/requests/{request}")["messages"]) == 1)

    # Staff answer by mail what they were mailed.
    answered = answer_below_quote(owner, told, "Wir sehen nach.")
    inbox.let_mails_be_of_earlier()
    expect("an answer of staff", inbox.filed(answered) == request, "")
    expect("is staff's", api.last(request)["from"] == "ada" and api.last(request)["text"] == "Wir sehen nach.", api.last(request))
    expect("and the client reads it", "Wir sehen nach." in sink.next(client, f"[{request}]").get_body(("plain",)).get_content())
    forged = answer_below_quote(owner, letter, "Forged")
    expect("not on another's mail", inbox.take(forged)[0] == 77, inbox.take(forged))

    # Files, letters, sizes.
    files = inbox.filed(with_files(client, "Files", [("shot ä.png", "image/png", PNG), ("run.exe", "application/octet-stream", b"MZ"),
                                                     ("notes.txt", "text/plain", b"one\r\n")]))
    message = api.last(files)
    expect("files", [f["name"] for f in message["attachments"]] == ["shot ä.png", "notes.txt"], message)
    expect("what is not taken is named", "run.exe" in message["text"], message)
    latin = b"From: " + client.encode() + b"\r\nSubject: L\xe5nge sider\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nFor l\xe5nge.\r\n"
    request = inbox.filed(latin)
    expect("Latin-1, in its subject too", api("GET", f"/requests/{request}")["title"] == "Långe sider",
           api("GET", f"/requests/{request}"))
    expect("Latin-1", api.last(request)["text"] == "For långe.", api.last(request))
    huge = with_files(client, "A film", [("film.mp4", "video/mp4", os.urandom(37 << 20)), ("a.png", "image/png", PNG)])
    begun = time.monotonic()
    filed = inbox.filed(huge)
    seconds = time.monotonic() - begun
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"mail of {len(huge) >> 20} MB: {seconds:.1f} s, the largest child took {memory} MB")
    expect("50 MB", filed.startswith("r-") and "film.mp4 (37 MB)" in api.last(filed)["text"], filed)
    expect("its small file", [f["name"] for f in api.last(filed)["attachments"]] == ["a.png"], api.last(filed))

    # What is not filed, and what mail servers make of it.
    for what, mail, code in [
        ("unknown senders bounce", gmail("who@else.example", "Hi", "x", "x"), 67),
        ("machines are let go", gmail(client, "Out of office", "Away", "Away", "Auto-Submitted: auto-replied\r\n"), 0),
        ("bounces are let go", b"Return-Path: <>\r\nFrom: MAILER-DAEMON@x.example\r\n\r\nx", 0),
        ("no mail", b"\x00\xff\xfe", 65), ("nothing", b"", 65), ("too large", b"From: a@b.example\r\n\r\n" + b"x" * (65 << 20), 65),
    ]:
        found = inbox.take(mail)
        expect(what, found[0] == code and "r-" not in found[1], found)
    group = b"From: a@b.example\r\nCc: " + b"a:" * 50000 + b"b@c.example\r\n\r\nx"
    begun = time.monotonic()
    for what, mail in [
        ("groups within groups, which break the reader", group),
        ("very many blank lines", b"From: a@b.example\r\n\r\n" + b"\n" * 800_000 + b"x"),
        ("very many attributes", b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p "
         + b" ".join(b"a%d=1" % number for number in range(80_000)) + b">x"),
        ("very many references", b"From: a@b.example\r\nReferences: " + b" ".join(b"<r%d.thread@x>" % n for n in range(200_000))
         + b"\r\n\r\nx"),
        ("very long subjects", b"From: " + client.encode() + b"\r\nAuto-Submitted: yes\r\nSubject: " + b"re:" * 1_000_000 + b"\r\n\r\nx"),
        ("a name of nothing but accents", "From: a{}@b.example\r\n\r\nx".format("\u0301" * 1_000_000).encode()),
    ]:
        found = inbox.take(mail)
        expect(what, found[0] in (0, 65, 67) and "r-" not in found[1] and len(found[1]) < 500, found)
    expect("and none of them takes long", time.monotonic() - begun < 60, time.monotonic() - begun)
    missing = Inbox(inbox.command[0], "sqlite:/nowhere/at.all")
    expect("no database: again later", missing.take(latin)[0] == 75, missing.take(latin))
    line = inbox.filed(gmail(client, "Sync", "x", "x"), "--line", "integration-support")
    expect("a line of its own", api("GET", f"/requests/{line}")["service_line"] == "integration-support", line)
    expect("who is not verified", inbox.take(gmail(client, "V", "x", "x"), "--verified-by", "mx.agency.example")[0] == 77)
    good = b"Authentication-Results: mx.agency.example; dmarc=pass header.from=" + client.partition("@")[2].encode() + b"\r\n" + gmail(client, "V", "x", "x")
    expect("who is", inbox.filed(good, "--verified-by", "mx.agency.example").startswith("r-"))
