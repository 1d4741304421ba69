"""What no browser sends: forms twice and from elsewhere, paths, headers and bodies that should not be, thousands of
connections. To this machine alone, and to an end in every case."""

import concurrent.futures
import resource
import secrets
import socket
import ssl
import subprocess
import tempfile
import time
import warnings

import people
from client import Client, Forms, connect, head, is_closed, read_answer

PUBLIC_URL = "https://desk.example.com"
CONNECTIONS = 10_000
# A connection that waits may cost this much of the server's memory.
BYTES_A_CONNECTION = 40_000
# The server cuts a slow request off after half a minute; with some patience for a busy machine.
CUT_OFF = 60


class Abuse:
    """What the cases have: the server, its sample pages, somebody signed in, and a place for findings."""

    def __init__(self, server, table):
        self.server = server
        self.url = server.url
        self._samples = {route.path: route.sample for route in table if route.method == "GET"}
        self.owner = Client(server.url)
        self.owner.sign_in(people.first(server.people, "owner"))
        self.findings = []

    def sample(self, path):
        return self._samples.get(path)

    def expect(self, is_right, finding):
        if not is_right:
            self.findings.append(finding)
        return is_right

    def answers(self, what, answer, *statuses):
        """An answer has one of these statuses, and what every answer has."""
        if answer is None:
            self.findings.append(f"{what}: closed without an answer")
            return
        self.expect(answer.status in statuses, f"{what}: answers {answer.status}, not {' or '.join(map(str, statuses))}")
        self.findings += [f"{what}: {finding}" for finding in unsafe(answer)]

    def raw(self, data, timeout=10):
        """Sends bytes as they are, and gives the answer and whether the connection was then closed."""
        with connect(self.url, timeout) as connection:
            try:
                connection.sendall(data)
            except ConnectionError:
                pass
            try:
                answer = read_answer(connection)
            except TimeoutError:
                return None, False
            return answer, is_closed(connection)

    def head(self, method, target, **fields):
        return head(method, target, **{"Host": self.owner.host, **fields})

    # Logging time is what most abuse is tried with: it moves money, and one sees whether it was done.

    def time_form(self, note):
        request = self.sample("/requests/{request}").rsplit("/", 1)[1]
        fields = self.owner.form("/today", "/time")
        return {**fields, "line": f"{request} 1m troubleshooting: {note}", "save": "yes"}

    def times_recorded(self, note):
        # The first look shows what the form said when it was done.
        self.owner.get("/today")
        return self.owner.get(self.sample("/requests/{request}")).body.decode().count(note)


def unsafe(answer, is_secure=False):
    """What an answer lacks of the headers that every answer has."""
    found = []
    policy = answer.header("content-security-policy") or ""
    if "default-src 'none'" not in policy and "default-src 'self'" not in policy:
        found.append("has no Content-Security-Policy")
    if "unsafe-inline" in policy or "unsafe-eval" in policy:
        found.append("allows script or style inside pages")
    if "frame-ancestors 'none'" not in policy:
        found.append("may be framed")
    for name, values in (
        ("x-content-type-options", ["nosniff"]), ("cross-origin-opener-policy", ["same-origin"]),
        ("referrer-policy", ["same-origin", "no-referrer", "strict-origin", "strict-origin-when-cross-origin"]),
    ):
        if answer.header(name) not in values:
            found.append(f"has {name}: {answer.header(name)}")
    if any(character.isdigit() for character in answer.header("server") or ""):
        found.append(f"tells its version: {answer.header('server')}")
    strict = answer.header("strict-transport-security") or ""
    if is_secure and not ("max-age=" in strict and "includeSubDomains" in strict):
        found.append("has no Strict-Transport-Security")
    for cookie in answer.all("set-cookie"):
        name, *attributes = [part.strip() for part in cookie.split(";")]
        wanted = ["HttpOnly", "Path=/"] + (["Secure"] if is_secure else [])
        lacks = [wish for wish in wanted if wish not in attributes]
        if not {"SameSite=Lax", "SameSite=Strict"} & set(attributes):
            lacks.append("SameSite")
        if is_secure and not name.startswith("__Host-"):
            lacks.append("__Host-")
        if lacks:
            found.append(f"sets the cookie {name.split('=')[0]} without {', '.join(lacks)}")
    return found


# Forms


def a_form_sent_twice(abuse):
    note = f"twice {secrets.token_hex(4)}"
    form = abuse.time_form(note)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: abuse.owner.post("/time", form), range(4)))
    answers.append(abuse.owner.post("/time", form))
    for answer in answers:
        abuse.answers("the form", answer, 303)
    count = abuse.times_recorded(note)
    abuse.expect(count == 1, f"sent five times it is recorded {count} times")


def a_form_from_elsewhere(abuse):
    note = f"elsewhere {secrets.token_hex(4)}"
    form = abuse.time_form(note)
    without = {name: value for name, value in form.items() if name != "csrf"}
    stranger = Client(abuse.url).form("/sign-in", "/sign-in")["csrf"]
    cases = {
        "without a token": (without, {}), "with an empty token": ({**form, "csrf": ""}, {}),
        "with another token": ({**form, "csrf": "A" * 43}, {}), "with a stranger's token": ({**form, "csrf": stranger}, {}),
        "from another origin": (form, {"Origin": "https://example.org"}), "from no origin": (form, {"Origin": "null"}),
        "from another port": (form, {"Origin": "http://127.0.0.1:1"}),
        "from another site": (form, {"Sec_Fetch_Site": "cross-site"}),
        "from a neighbour": (form, {"Sec_Fetch_Site": "same-site"}),
    }
    for what, (fields, headers) in cases.items():
        abuse.answers(f"a form {what}", abuse.owner.post("/time", fields, **headers), 403)
    typed = abuse.owner.post("/time", form, Content_Type="text/plain")
    abuse.answers("a form as plain text", typed, 400, 403, 415, 422)
    abuse.expect(abuse.times_recorded(note) == 0, "a form from elsewhere is recorded")
    abuse.answers("the same form from here", abuse.owner.post("/time", form), 303)
    abuse.expect(abuse.times_recorded(note) == 1, "the same form from here is not recorded")


def staff_only(abuse):
    """Nothing of staff is shown to a stranger, whatever the method."""
    stranger = Client(abuse.url)
    answer = stranger.get("/today")
    abuse.answers("a page of staff", answer, 303)
    abuse.answers("a page of staff with a made-up cookie", stranger.get("/today", Cookie="mainstay-session=AAAA"), 303)
    abuse.answers("a method that no page has", abuse.owner.send("DELETE", "/today"), 404, 405)
    abuse.answers("TRACE", abuse.owner.send("TRACE", "/today"), 400, 404, 405, 501)
    away = stranger.get("/sign-in?next=https://example.org/").body.decode() + stranger.get("/sign-in?next=//example.org").body.decode()
    abuse.expect("example.org" not in away, "signing in leads to another site")


def cookies_and_errors(abuse):
    """Every answer has its headers: pages, files, redirects, errors."""
    stranger = Client(abuse.url)
    for path, status in (("/sign-in", 200), ("/today", 303), ("/no-such-page", 404), ("/health", 200)):
        abuse.answers(path, stranger.get(path), status)
    abuse.answers("/today, signed in", abuse.owner.get("/today"), 200)
    answer = abuse.owner.get("/no-such-page")
    abuse.expect(b"<h1>" in answer.body, "a path that is not there has no page that says so")


# Paths and headers


def paths(abuse):
    outside = [
        "/../../etc/passwd", "/assets/../../../etc/passwd", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/requests/%00", "/requests/r-1%00.html", "/requests/%ff%fe", "/%",
        "/requests/..%5c..%5cwindows", "/" + "a" * 10_000, "/requests/" + "%41" * 3000, "/clients/'%20OR%201=1--",
        "/clients/harbor/statements/9999999999-13", "/clients/x/statements/2026-99", "/time/" + "9" * 400,
    ]
    odd = ["/clients/" + "/" * 500, "/requests?state=" + "%f0" * 100, "/audit?before=99999999999999999999", "/search?q=" + "%22" * 200]
    for target in outside + odd:
        what = f"{target[:40]}{'…' if len(target) > 40 else ''}"
        answer = abuse.owner.get(target)
        if answer is None:
            abuse.expect(target in outside, f"{what}: closed without an answer")
            continue
        least = 400 if target in outside else 200
        abuse.expect(least <= answer.status < 500, f"{what}: answers {answer.status}")
        # What is no HTTP is answered by the parser, before there is a page.
        if answer.status != 400:
            abuse.findings += [f"{what}: {finding}" for finding in unsafe(answer)]
        abuse.expect(b"root:" not in answer.body, f"{what}: shows a file of the machine")
    for what, target in {"NUL": "/\0", "a line break": "/a\nb", "a tab": "/a\tb", "bytes over 127": "/\xff"}.items():
        answer, _ = abuse.raw(abuse.head("GET", target, Connection="close"))
        abuse.expect(answer is None or 400 <= answer.status < 500, f"a path with {what}: answers {answer and answer.status}")


def headers(abuse):
    """Headers too many, too long, and such as cannot be."""
    bombs = {
        "2,000 headers": "".join(f"X-{n}: a\r\n" for n in range(2000)),
        "a header of 1 MB": f"X-Long: {'a' * 1_048_576}\r\n",
        "20,000 cookies": f"Cookie: {'; '.join(f'a{n}=b' for n in range(20_000))}\r\n",
    }
    for what, lines in bombs.items():
        data = f"GET /sign-in HTTP/1.1\r\nHost: {abuse.owner.host}\r\n{lines}\r\n".encode()
        answer, closed = abuse.raw(data)
        abuse.expect(answer is None or answer.status in (400, 413, 431), f"{what}: answers {answer and answer.status}")
        abuse.expect(closed, f"{what}: the connection stays open")
    for what, fields in {
        "a cookie of noise": {"Cookie": ";;;=;=;a;\x01=;" * 50}, "a range": {"Range": "bytes=0-" + ",1-" * 1000},
        "another host": {"Host": "example.org"}, "a forwarded address": {"X_Forwarded_For": "1.2.3.4, " * 200},
    }.items():
        answer = Client(abuse.url).get("/sign-in", **fields)
        abuse.expect(answer is None or answer.status < 500, f"{what}: answers {answer and answer.status}")
        abuse.expect(answer is None or b"example.org" not in answer.body, f"{what}: is repeated in the page")


def smuggling(abuse):
    """Where two servers could read one message differently, this one reads none."""
    good = {"Host": abuse.owner.host, "Content_Type": "application/x-www-form-urlencoded"}
    hidden = abuse.head("GET", "/smuggled")
    cases = {
        "two kinds of length": head("POST", "/sign-in", **good, Content_Length="6", Transfer_Encoding="chunked")
        + b"0\r\n\r\n" + hidden,
        "two lengths": head("POST", "/sign-in", **good, Content_Length="5")[:-2] + b"Content-Length: 6\r\n\r\nabcdef" + hidden,
        "a length below zero": head("POST", "/sign-in", **good, Content_Length="-1") + hidden,
        "a length with a plus": head("POST", "/sign-in", **good, Content_Length="+5") + b"abcde" + hidden,
        "a chunk of no size": head("POST", "/sign-in", **good, Transfer_Encoding="chunked") + b"zz\r\nabc\r\n0\r\n\r\n" + hidden,
        "a chunk of 2^64": head("POST", "/sign-in", **good, Transfer_Encoding="chunked") + b"10000000000000000\r\na\r\n",
        "an unknown coding": head("POST", "/sign-in", **good, Transfer_Encoding="xchunked") + b"0\r\n\r\n" + hidden,
        "a space before the colon": b"GET /sign-in HTTP/1.1\r\nHost : a\r\nHost: b\r\n\r\n",
        "a folded header": b"GET /sign-in HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00" + secrets.token_bytes(64),
    }
    for what, data in cases.items():
        answer, closed = abuse.raw(data, timeout=5)
        abuse.expect(answer is None or answer.status in (400, 403, 411, 413, 501), f"{what}: answers {answer and answer.status}")
        abuse.expect(closed, f"{what}: the connection stays open for what follows")


# Bodies


def a_body_of_1_gb(abuse):
    fields = {"Content_Type": "application/x-www-form-urlencoded", "Origin": abuse.url, "Content_Length": str(1 << 30)}
    answer, closed = abuse.raw(abuse.head("POST", "/time", **fields, Cookie=cookie(abuse.owner)))
    abuse.answers("a body of 1 GB", answer, 413)
    abuse.expect(closed, "a body of 1 GB: the connection stays open for it")


def chunks_without_end(abuse):
    """Up to 1 GB is offered; the server takes a small part."""
    before, sent, chunk = memory(abuse), 0, b"40000\r\n" + b"a" * 0x40000 + b"\r\n"
    fields = {"Content_Type": "application/x-www-form-urlencoded", "Origin": abuse.url, "Transfer_Encoding": "chunked"}
    with connect(abuse.url) as connection:
        connection.sendall(abuse.head("POST", "/time", **fields, Cookie=cookie(abuse.owner)))
        try:
            while sent < 1 << 30:
                connection.sendall(chunk)
                sent += len(chunk)
        except (ConnectionError, TimeoutError):
            pass
    abuse.expect(sent < 64 << 20, f"chunks without end: {sent >> 20} MB of them are taken")
    abuse.expect(memory(abuse) - before < 64 << 20, "chunks without end: are kept in memory")


def unfinished_uploads(abuse):
    """Forty people who begin to send 32 MB: of strangers nothing is read, and of one person a few."""
    before, opened = memory(abuse), []
    fields = {"Content_Type": "application/x-www-form-urlencoded", "Origin": abuse.url, "Content_Length": str(32 << 20)}
    try:
        for number in range(40):
            opened.append(connect(abuse.url))
            opened[-1].sendall(abuse.head("POST", "/import", **fields))
            if number < 2:
                abuse.answers("a stranger's upload", read_answer(opened[-1]), 401)
        put_off, kept = 0, []
        for _ in range(40):
            kept.append(connect(abuse.url))
            try:
                kept[-1].sendall(abuse.head("POST", "/import", **fields, Cookie=cookie(abuse.owner)) + b"a" * (4 << 20))
            except (ConnectionError, TimeoutError):
                pass
        for connection in kept:
            connection.settimeout(3)
            try:
                answer = read_answer(connection)
            except TimeoutError:
                continue
            if answer is None or answer.status in (429, 503):
                put_off += 1
                if answer:
                    abuse.expect(answer.header("retry-after"), "an upload that is put off does not say until when")
        opened += kept
        abuse.expect(put_off >= 36, f"of 40 uploads at once {put_off} are put off")
        abuse.expect(memory(abuse) - before < 128 << 20, f"unfinished uploads take {(memory(abuse) - before) >> 20} MB")
        others_are_served(abuse, "with uploads under way")
    finally:
        for connection in opened:
            connection.close()


def numbers_at_the_edge(abuse):
    """Numbers and months that no page has."""
    for number in ("9223372036854775807", "-9223372036854775808", "9223372036854775808", "-1", "0", "1e9", "%D9%A3"):
        for path in ("/clients?page=", "/audit?before=", "/clients?after="):
            abuse.answers(f"{path}{number}", abuse.owner.get(path + number), 200)
    contact = Client(abuse.url)
    contact.sign_in(people.first(abuse.server.people, "billing"))
    client = abuse.sample("/clients/{client}")
    for month in ("9999-12", "0001-01", "1899-12"):
        for tail in ("", "/csv"):
            abuse.answers(f"the portal's {month}{tail}", contact.get(f"/portal/statements/{month}{tail}"), 404)
            abuse.answers(f"a client's {month}{tail}", abuse.owner.get(f"{client}/statements/{month}{tail}"), 404)


def marks_without_end(abuse):
    """60,000 marks on one letter: to bring them into order takes time that grows with the square of their number."""
    stranger = Client(abuse.url)
    form = stranger.form("/sign-in", "/sign-in")
    for what, count, status in (("60,000 marks", 30_000, 413), ("1,200 marks", 600, 400)):
        marks = "a" + "\u0323\u0307" * count
        answer = stranger.post("/sign-in", {**form, "email": "ada@fernhill.example", "password": marks})
        abuse.answers(f"a password of {what}", answer, status)
    note = abuse.owner.post("/time/preview", {**abuse.time_form("marks"), "a" * 201: "x"})
    abuse.answers("a field with an endless name", note, 400)


def hosts(abuse):
    """A request has one Host."""
    twice = f"GET /sign-in HTTP/1.1\r\nHost: {abuse.owner.host}\r\nHost: {abuse.owner.host}\r\nConnection: close\r\n\r\n"
    answer, closed = abuse.raw(twice.encode())
    abuse.expect(answer is None or answer.status == 400, f"two hosts: answers {answer and answer.status}")
    abuse.expect(closed, "two hosts: the connection stays open")
    answer, _ = abuse.raw(b"GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n")
    abuse.expect(answer is None or answer.status == 400, f"no host: answers {answer and answer.status}")


def slow(abuse):
    """Headers and bodies that drip; all at once, for each takes as long as the server's patience."""
    form = abuse.head(
        "POST", "/time", Content_Type="application/x-www-form-urlencoded", Content_Length="100000", Origin=abuse.url,
        Cookie=cookie(abuse.owner))
    chunked = abuse.head(
        "POST", "/time", Content_Type="application/x-www-form-urlencoded", Transfer_Encoding="chunked", Origin=abuse.url,
        Cookie=cookie(abuse.owner))
    drips = {
        "a connection that says nothing": (b"", b""),
        "a request that stops within its headers": (b"GET /sign-in HTTP/1.1\r\nHost: a\r\nX-Slow: ", b""),
        "headers that drip": (b"GET /sign-in HTTP/1.1\r\nHost: a\r\nX-Slow: ", b"a"),
        "headers that come one by one": (b"GET /sign-in HTTP/1.1\r\nHost: a\r\n", b"X-S: a\r\n"),
        "a body that drips": (form, b"a"), "chunks that drip": (chunked, b"1\r\na\r\n"),
        "a body that never comes": (form, b""),
        "a connection that is kept and not used": (abuse.head("GET", "/health"), b""),
    }

    def drip(case):
        what, (first, more) = case
        started = time.monotonic()
        with connect(abuse.url) as connection:
            connection.settimeout(1)
            try:
                connection.sendall(first)
                while time.monotonic() - started < CUT_OFF:
                    try:
                        if not connection.recv(65536):
                            return None
                    except TimeoutError:
                        connection.sendall(more)
            except ConnectionError:
                return None
        return f"{what}: is not cut off within {CUT_OFF} s"

    with concurrent.futures.ThreadPoolExecutor(len(drips)) as pool:
        abuse.findings += [finding for finding in pool.map(drip, drips.items()) if finding]
    others_are_served(abuse, "after slow requests")


# Many


def unread_answers(abuse):
    """A hundred who ask for much and read nothing: their answers are not kept, and others are served."""
    before, opened = memory(abuse), []
    try:
        for _ in range(100):
            connection = connect(abuse.url)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(abuse.head("GET", "/openapi.json") * 30)
            opened.append(connection)
        time.sleep(5)
        grown = memory(abuse) - before
        # All of it would be 750 MB.
        abuse.expect(grown < 192 << 20, f"answers that nobody reads take {grown >> 20} MB")
        others_are_served(abuse, "while a hundred read nothing")
    finally:
        for connection in opened:
            connection.close()


def many_connections(abuse):
    """Ten thousand people who open a connection and say nothing: others are served, and memory stays within bounds."""
    wanted = CONNECTIONS + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise Impossible(f"this machine allows {hard} open files, and {wanted} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    before, opened = memory(abuse), []
    try:
        for count in range(CONNECTIONS):
            opened.append(connect(abuse.url, timeout=5))
            if count % 2000 == 1999:
                others_are_served(abuse, f"with {count + 1} connections open")
        grown = memory(abuse) - before
        limit = CONNECTIONS * BYTES_A_CONNECTION
        abuse.expect(grown < limit, f"{CONNECTIONS} connections take {grown >> 20} MB; {limit >> 20} are the limit")
    except OSError as error:
        abuse.findings.append(f"of {CONNECTIONS} connections only {len(opened)} are taken: {error}")
    finally:
        for connection in opened:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    others_are_served(abuse, "once they are closed")


def others_are_served(abuse, when):
    """Somebody else gets their page. How soon is for benchmarks to say: this machine may be busy with other tests."""
    try:
        answer = abuse.owner.send("GET", "/today", timeout=CUT_OFF)
        abuse.expect(answer is not None and answer.status == 200, f"{when}: others get {answer and answer.status}")
    except OSError as error:
        abuse.findings.append(f"{when}: others get nothing: {error}")


def memory(abuse):
    return abuse.server.memory if abuse.server.pid else 0


def cookie(client):
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def over_tls(server):
    """Where browsers reach the site over TLS, by a proxy, its cookies and headers say so. Gives the findings."""
    person = people.first(server.people, "owner")
    client = Client(server.url)
    as_seen = {"Host": PUBLIC_URL.removeprefix("https://"), "X_Forwarded_For": "192.0.2.7", "Origin": PUBLIC_URL}
    page = client.get("/sign-in", **as_seen)
    form = {**Forms(page.body.decode()).fields("/sign-in"), "email": person.email, "password": person.password}
    findings = [f"/sign-in: {finding}" for finding in unsafe(page, True)]
    plain = client.post("/sign-in", form, **{**as_seen, "Origin": PUBLIC_URL.replace("https:", "http:")})
    if plain.status != 403:
        findings.append(f"a form from the same name without TLS: answers {plain.status}, not 403")
    signed_in = client.post("/sign-in", form, **as_seen)
    if signed_in.status != 303:
        findings.append(f"signing in answers {signed_in.status}, not 303")
    findings += [f"signing in: {finding}" for finding in unsafe(signed_in, True)]
    today = client.get("/today", **as_seen)
    if today.status != 200:
        findings.append(f"/today answers {today.status} to whoever signed in")
    elsewhere = client.get("/sign-in", **{**as_seen, "Host": "desk.example.org"})
    if elsewhere.status != 421:
        findings.append(f"another host answers {elsewhere.status}, not 421")
    return findings + [f"/today: {finding}" for finding in unsafe(today, True)]


def old_tls(start):
    """With a certificate of its own the server takes no old ciphers and no old TLS. Gives the findings."""
    with tempfile.TemporaryDirectory() as folder:
        chain, key = f"{folder}/chain.pem", f"{folder}/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", chain],
            check=True, capture_output=True)
        with start(more=["--certificate", chain, "--private-key", key]) as server:
            return [finding for finding in (
                shakes(server, "ECDHE+AESGCM", True), shakes(server, "AES128-SHA", False), shakes(server, "AES128-GCM-SHA256", False),
                shakes(server, "ECDHE-RSA-AES128-SHA", False), shakes(server, "ECDHE+AESGCM", False, ssl.TLSVersion.TLSv1_1),
                shakes(server, "ECDHE+AESGCM", True, ssl.TLSVersion.TLSv1_3)) if finding]


def shakes(server, ciphers, wanted, version=ssl.TLSVersion.TLSv1_2):
    """What is wrong where the server agrees, or does not, on some ciphers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    # Also what this machine would not offer by itself.
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    try:
        with connect(server.url) as plain, context.wrap_socket(plain) as connection:
            done = connection.cipher() is not None
    except (ssl.SSLError, ConnectionError):
        done = False
    return None if done == wanted else f"{version.name} with {ciphers} is {'taken' if done else 'refused'}"


class Impossible(Exception):
    """A case cannot be tried on this machine, and why."""


CASES = [
    a_form_sent_twice, a_form_from_elsewhere, staff_only, cookies_and_errors, paths, numbers_at_the_edge, headers, hosts,
    smuggling, marks_without_end, a_body_of_1_gb, chunks_without_end, unfinished_uploads, slow,
    unread_answers, many_connections,
]


def run(server, table, report, only):
    """Every case, one after another, against one server, which must live through all of them."""
    abuse = Abuse(server, table)
    for case in CASES:
        place = f"abuse {case.__name__}"
        if only not in (None, case.__name__):
            continue
        abuse.findings = []
        try:
            case(abuse)
        except Impossible as reason:
            report.skip(place, reason)
            continue
        except Exception as error:
            abuse.findings.append(f"{type(error).__name__}: {error}")
        if not server.is_running:
            report.add(place, "", [*abuse.findings, "the server has stopped"])
            return
        report.add(place, "", abuse.findings)
