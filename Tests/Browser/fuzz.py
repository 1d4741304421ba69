"""Requests that are nearly right: every route of the table and of the API, with values at the edges of every type, encodings
that nobody knows and texts that are far too long, from everybody who may come. The server must live through all of them, answer
none with an error of its own, and stay small. To this machine alone.

The first requests go once over all routes; then dice are thrown. Request number n follows from the seed and n alone, so that a
finding can be sent again."""

import concurrent.futures
import html
import html.parser
import json
import pathlib
import random
import re
import threading
import time
import urllib.parse

import people
from client import Client, connect, head, read_answer

PUBLIC_URL = "https://desk.example.com"
MEMORY = 200 << 20
WORKERS = 4
# So many pages are looked at for addresses and forms before the first request.
CRAWLED = 250
# These routes end what the fuzzer needs to go on: who is signed in, and what they may do.
LEFT_OUT = [
    r"/sign-out", r"/(portal/)?account/end-all",
    r"/account/sessions/.*", r"/portal/account/sessions/.*", r"/people/[^/]+/(role|email|sign-out|end|reset)",
    r"/account/(password|code|code/off)", r"/portal/account/password", r"/portal/people/[^/]+/(role|end)",
    r"/clients/[^/]+/contacts/[^/]+/(role|email|end|invite)", r"/(portal/)?account/tokens/.*",
    r"/api/v1/users/[^/]+(/.*)?", r"/api/v1/people/.*", r"/api/v1/clients/[^/]+/contacts/[^/]+/.*",
]
# Each costs a password's work: enough of them come all the same.
DEAR = [r"/sign-in", r"/links/.*"]

NUMBERS = [
    "0", "-0", "-1", "1", "2", "59", "60", "61", "99", "100", "366", "999", "1000", "65535", "65536", "2147483646", "2147483647",
    "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740993", "9223372036854775806",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551616", "1" + "0" * 30, "9" * 400, "1e9", "1e309", "-1e-309", "1.5", "0.1", "00", "007", "+5", "0x10", "NaN",
    "Infinity", "٣", "१२", "½", "1_000", "1,000", "1 000", "",
]
DATES = [
    "0000-00-00", "0001-01-01", "1582-10-10", "1899-12-31", "1900-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2023-02-29",
    "2026-02-30", "2026-11-31", "2026-13-01", "2038-01-19", "2100-12-31", "9999-01-01", "9999-12-31", "10000-01-01", "-001-01-01",
    "٢٠٢٦-٠١-٠١", "2026-1-1", "2026/01/01", "today", "tomorrow", "monday", "-0", "-999", "-9223372036854775808",
    "--9223372036854775807", "-٣",
]
MONTHS = ["0000-01", "0001-01", "1899-12", "1969-12", "1970-01", "2026-00", "2026-13", "2100-01", "9999-01", "9999-12", "10000-01", "99999-12"]
INSTANTS = [
    "0001-01-01T00:00:00Z", "1900-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z", "2026-11-01T24:00:00Z", "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59", "2026-11-02T10:00:00.999999999999999999999Z", "2026-11-02T10:00:00", "2026-11-02T10:00:60Z",
]
LENGTHS = [
    "0:00", "0:01", "24:00", "24:01", "99999:59", "99999:59:59", "0:60", "87600000h", "87600000:00", "87600001h", "999999999999h",
    "1.000000001", "0.000000000000001", "9" * 30 + "h", "1h 1h", "-1:00", "1h -1m", "1:30:61", "45 sec", "90m", "1,5",
]
CLOCKS = ["00:00", "23:59", "24:00", "0:60", "9:5", "+9:30", "-1:00", "9223372036854775807:00"]
AMOUNTS = ["0", "0.00", "0.001", "10000000", "10000000.01", "999999999.99", "999999999999.99", "1.005", "-1", "1,5", "$5", "1e5"]
WORDS = [
    "UTC", "Europe/Oslo", "America/New_York", "Nowhere/Never", "../../etc/localtime", "Pacific/Apia", "Australia/Lord_Howe", "owner",
    "agent", "billing", "viewer", "ada@fernhill.example", "a@b", "@", "x" * 260 + "@example.com", "https://hooks.example.invalid/x",
    "http://127.0.0.1:1/", "http://[::1]:1/", "on", "yes", "true", "null", "none", "new", "open", "done", "line", "plan", "block",
    "website-maintenance", "integration-support", "r-1 1m: x", "r-1 9999999999h: x", "r-1 0m x", "%", "%%", "_", "a*", "\"a", "NEAR(a b", "a AND",
    "a' OR 1=1--", "<script>alert(1)</script>", "{{7*7}}", "${x}", "=1+1", "\\", "/", "..", ".", "a\r\nSet-Cookie: x=y", "\u202eabc", "\u2066a\u2069",
    "a\u0301" * 200, "\u0344" * 3000, "\ufb03" * 500, "👩‍👩‍👧‍👦" * 50, "\ufeffa", "\u0000", "\u0007", "\x7f", "\ud7ff", "\ue000", "\uffff", "\U0010ffff",
    " " * 500, "\u3000", "\n" * 300, "a" * 251, "a" * 5000, "ä" * 30_000, "a\u0323\u0307" * 20_000, "- " * 5000, "&a;" * 100, "*a *a",
    "a: &a [*a, *a]\n", "!!binary x", "effective: 9999-12-31\n", "name,hours\na,9999999999999999999\n",
    "Date,Client,Project,Task,Notes,Hours\n2026-11-02,a,b,c,d,1e999\n", "\ufeffsep=;\na;b\n", '"' * 99, "{\"kind\":\"client\"}\n" * 3,
]
# What is no UTF-8, and what only looks like it.
BYTES = [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf0\x28\x8c\x28", b"%", b"%f", b"%zz", b"%00", b"%u0041", b"\x80" * 50]
# What every field of every route gets once, before the dice are thrown.
EXTREMES = [
    "9223372036854775807", "-9223372036854775808", "0", "-1", "9999-12-31", "9999-12", "0001-01-01", "99999:59", "a\u0323\u0307" * 3000,
    "\u202e" + "x" * 1500, "\ufeff\u0007", b"\xff%00",
]
KINDS = [
    (r"\d+", NUMBERS), (r"\d{4}-\d\d", MONTHS), (r"\d{4}-\d\d-\d\d", DATES), (r"\d{4}-\d\d-\d\dT.*", INSTANTS), (r"\d+:\d\d", LENGTHS + CLOCKS),
    (r"\d+\.\d\d", AMOUNTS),
]
EDGES = [NUMBERS, DATES, MONTHS, INSTANTS, LENGTHS, CLOCKS, AMOUNTS, WORDS]
JSON_EDGES = [
    None, True, False, 0, -1, 1 << 31, 1 << 53, (1 << 63) - 1, 1 << 63, -(1 << 63), 1 << 64, 1.5, 1e308, [], {}, [[]], {"a": None}, "", " ",
    ["a"] * 200, {str(n): n for n in range(200)},
]
JSON_TEXTS = [
    b"", b"{", b"[]", b"null", b"1e999999999", b"{\"a\":1,\"a\":2}", b"\xef\xbb\xbf{}", b"{}\x00", b"[" * 100_000, b"{\"a\":" * 20_000,
    b"\"\\ud800\"", b"{\"\\u0000\":1}", b"-", b"01", b"{\"id\":" + b"9" * 5000 + b"}", b"\"" + b"a" * 200_000 + b"\"",
]
TYPES = [
    "application/x-www-form-urlencoded; charset=utf-16", "text/plain", "application/json", "application/xml", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\"", "multipart/mixed; boundary=a", "application/json; charset=utf-7", ";;;", "a" * 3000,
]
HEADERS = {
    "Accept": ["*/*", "text/html;q=9", "a" * 5000], "Accept_Language": ["de", "*" * 999], "Content_Encoding": ["gzip", "br", "unheard-of"],
    "If_Match": ["*", "\"\"", "\"a\"," * 500, "W/"], "If_None_Match": ["*", "\"a\"", "a" * 3000], "Range": ["bytes=0-0", "bytes=-9223372036854775808"],
    "Cookie": ["mainstay-session=" + "A" * 43, "=", ";" * 500, "__Host-mainstay-notice=a.b", "__Host-mainstay-half=x"],
    "Authorization": ["Bearer", "Bearer ", "Basic YTpi", "Bearer msty_" + "A" * 43, "Bearer " + "é" * 50],
    "Idempotency_Key": ["", "a", "a" * 200, "a" * 201, "ä"], "Sec_Fetch_Site": ["same-origin", "cross-site", "x"], "Origin": ["null", "", "https://"],
    "X_Forwarded_For": ["", ",", "::1, ", "1.2.3.4:80", "[2001:db8::1]:443", "a" * 999, "2001:db8::1%eth0"], "Expect": ["100-continue"],
    "Host": ["", "desk.example.com:0", "DESK.example.com.", "a b"], "User_Agent": ["", "a" * 5000, "\u00ff"],
}


class Fields(html.parser.HTMLParser):
    """The forms of a page with all that one can fill in, and the addresses that it leads to."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links = [], []
        self._select = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and (given.get("href") or "").startswith("/"):
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append((given.get("method", "get").upper(), given.get("action") or "", {}))
        if not self.forms or not given.get("name") and tag != "option":
            return
        fields = self.forms[-1][2]
        if tag in ("input", "textarea"):
            fields.setdefault(given["name"], given.get("value") or "")
        elif tag == "select":
            self._select = given["name"]
            fields.setdefault(self._select, "")
        elif tag == "option" and self._select and (given.get("value") and not fields[self._select] or "selected" in given):
            fields[self._select] = given.get("value") or ""


class Caller:
    """Somebody who asks: with a session, with a token, or as nobody."""

    def __init__(self, name, url, person=None, bearer=None):
        self.name, self.person, self.bearer = name, person, bearer
        self.client = Client(url)
        self.lock = threading.Lock()
        self.csrf = ""

    def enter(self):
        """Signs in, or gets the token of forms that a stranger has."""
        as_seen = {"Host": PUBLIC_URL.removeprefix("https://"), "X_Forwarded_For": "198.51.100.7"}
        page = self.client.get("/sign-in", **as_seen)
        form = next(fields for _, action, fields in Fields(page.body.decode()).forms if action == "/sign-in")
        self.csrf = form.get("csrf", "")
        if self.person:
            given = {**form, "email": self.person.email, "password": self.person.password}
            answer = self.client.post("/sign-in", given, **as_seen, Origin=PUBLIC_URL)
            if answer is None or answer.status != 303:
                raise RuntimeError(f"{self.person.email} cannot sign in: {answer and answer.status}")
            self.csrf = ""

    def page(self, path):
        return self.client.get(path, Host=PUBLIC_URL.removeprefix("https://"), X_Forwarded_For="198.51.100.7")

    @property
    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())


class Map:
    """What is known of the site: its routes, ids that its pages lead to, the fields of its forms, the API's schemas."""

    def __init__(self, table, document, callers):
        self.routes = [route for route in table if not any(re.fullmatch(out, route.path) for out in LEFT_OUT)]
        self.api = json.loads(document)
        self.values, self.queries, self.forms = {}, {}, {}
        # Every name of a query that a page reads.
        pages = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "WebApp"
        self.names = {name for file in pages.rglob("*.swift") for name in re.findall(r'query\.\w+\("(\w+)"', file.read_text())}
        for caller in callers:
            if caller.person:
                self._crawl(caller, "/portal" if caller.person.role == "billing" else "/today")

    def schema(self, route):
        """What a call of the API sends; none where that is no JSON."""
        operation = self.api["paths"].get(route.path.removeprefix("/api/v1"), {}).get(route.method.lower(), {})
        return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")

    def _route(self, method, path):
        fitting = [route for route in self.routes if route.method == method and route.fits(path)]
        return min(fitting, key=lambda route: route.path.count("{"), default=None)

    def _crawl(self, caller, first):
        waiting, seen = [first, *sorted(route.path for route in self.routes if route.method == "GET" and "{" not in route.path)], set()
        tried = {}
        while waiting and len(seen) < CRAWLED:
            target = waiting.pop(0)
            path = urllib.parse.urlsplit(target).path
            route = self._route("GET", path)
            if route is None or path in seen or tried.get(route.path, 0) > 8:
                continue
            seen.add(path)
            tried[route.path] = tried.get(route.path, 0) + 1
            answer = caller.page(path)
            if answer is None or answer.status != 200 or not (answer.header("content-type") or "").startswith("text/html"):
                continue
            page = Fields(answer.body.decode())
            for method, action, fields in page.forms:
                caller.csrf = fields.get("csrf") or caller.csrf
                self._learn(method, action, fields)
            for link in page.links:
                self._learn("GET", link, {})
                waiting.append(html.unescape(link))

    def _learn(self, method, target, fields):
        parts = urllib.parse.urlsplit(html.unescape(target))
        route = self._route(method, parts.path)
        if route is None:
            return
        for name, value in zip(re.findall(r"\{(.*?)\}", route.path), self._named(route.path, parts.path)):
            values = self.values.setdefault(name, [])
            if value not in values and len(values) < 40:
                values.append(value)
        known = self.queries if method == "GET" else self.forms
        known.setdefault(route.path, {}).update({**dict(urllib.parse.parse_qsl(parts.query)), **fields})

    @staticmethod
    def _named(pattern, path):
        found = re.fullmatch(re.sub(r"\\\{.*?\\\}", "([^/]+)", re.escape(pattern)), path)
        return [urllib.parse.unquote(value) for value in found.groups()] if found else []


class Requests:
    """Makes request number n: what it says, and in whose name."""

    def __init__(self, seed, site, callers):
        self.seed, self.site, self.callers = seed, site, callers
        self.by_side = {
            "staff": [c for c in callers if c.person and c.person.role == "owner"],
            "client": [c for c in callers if c.person and c.person.role == "billing"],
        }
        self.tokens = [c for c in callers if c.bearer]

    @staticmethod
    def _fields(caller, dice):
        # From everywhere, so that nobody is asked to wait.
        address = f"2001:db8:{dice.randrange(65536):x}:{dice.randrange(65536):x}::{dice.randrange(65536):x}"
        fields = {"Host": PUBLIC_URL.removeprefix("https://"), "X_Forwarded_For": address}
        if caller.bearer:
            fields["Authorization"] = f"Bearer {caller.bearer}"
        elif caller.cookie:
            fields["Cookie"] = caller.cookie
        return fields

    @property
    def swept(self):
        """So many requests go once over all routes, each with every value of EXTREMES in all of its fields."""
        return len(self.site.routes) * len(EXTREMES)

    def make(self, number):
        dice = random.Random(f"{self.seed}/{number}")
        if number < self.swept:
            return self._sweep(dice, *divmod(number, len(self.site.routes)))
        route = dice.choice(self.site.routes)
        while any(re.fullmatch(dear, route.path) for dear in DEAR) and route.method == "POST" and dice.random() < 0.9:
            route = dice.choice(self.site.routes)
        likely = self.tokens if route.access.startswith("token:") else self.by_side.get(route.side, self.callers)
        caller = dice.choice(likely if dice.random() < 0.85 else self.callers)
        is_wild = dice.random() < 0.15
        target = self._path(dice, route) + self._query(dice, route)
        fields = self._fields(caller, dice)
        method, body = route.method, b""
        if is_wild and dice.random() < 0.2:
            method = dice.choice(["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
        if method not in ("GET", "HEAD") or dice.random() < 0.02:
            fields["Origin"] = PUBLIC_URL
            kind, body = self._body(dice, route, caller)
            fields["Content_Type"] = dice.choice(TYPES) if dice.random() < 0.05 else kind
            fields["Content_Length"] = str(len(body))
            if route.access.startswith("token:"):
                fields["Idempotency_Key"] = f"fuzz-{self.seed}-{number}"
        if is_wild:
            name = dice.choice(list(HEADERS))
            fields[name] = dice.choice(HEADERS[name])
        lines = head(method, target, **{name: latin(value) for name, value in fields.items()})
        return method, route, caller, lines + body

    def _sweep(self, dice, extreme, place):
        route, value = self.site.routes[place], EXTREMES[extreme]
        callers = self.tokens[:1] if route.access.startswith("token:") else self.by_side.get(route.side, self.callers)
        # What is asked for exists; all else is at its edge. Half of the paths with a month or a number have that too.
        names = sorted({*self.site.names, *self.site.queries.get(route.path, {})})
        query = "" if route.method != "GET" else "?" + "&".join(f"{name}={quoted(value)}" for name in names)[:12_000]
        fields = {**self._fields(callers[0], dice)}
        path = re.sub(r"\{(.*?)\}", lambda found: quoted(dice.choice(self.site.values.get(found.group(1)) or [value])), route.path)
        if place % 2 and "{" in route.path:
            path = re.sub(r"\{[^}]*\}(?!.*\{)", quoted(value), re.sub(
                r"\{(.*?)\}(?=.*\{)", lambda found: quoted(dice.choice(self.site.values.get(found.group(1)) or [value])), route.path))
        body = b""
        if route.method != "GET":
            fields["Origin"] = PUBLIC_URL
            if route.path.startswith("/api/v1"):
                schema = self.site.schema(route)
                body = json.dumps(self._filled(schema, value)).encode() if schema else raw(value)
                fields |= {"Content_Type": "application/json", "Idempotency_Key": f"sweep-{self.seed}-{extreme}-{place}"}
            else:
                given = {name: value for name in self.site.forms.get(route.path, {}) if name not in ("csrf", "key")}
                given["csrf"] = callers[0].csrf
                body = "&".join(f"{quoted(name)}={quoted(text)}" for name, text in given.items()).encode()
                fields["Content_Type"] = "application/x-www-form-urlencoded"
            fields["Content_Length"] = str(len(body))
        return route.method, route, callers[0], head(route.method, path + query, **fields) + body

    def _filled(self, schema, value):
        """What a schema asks for, with one value wherever a text or a number may stand."""
        schema = self.site.api["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
        kind = schema.get("type")
        if kind == "object":
            return {name: self._filled(part, value) for name, part in schema.get("properties", {}).items()}
        if kind == "array":
            return [self._filled(schema["items"], value)]
        if kind == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        if "enum" in schema:
            return schema["enum"][0]
        return value.decode("latin-1") if isinstance(value, bytes) else value

    def _value(self, dice, good=None):
        """Mostly something that fits, else something at an edge: more often than not of the same kind."""
        if good is not None and dice.random() < 0.75:
            return good
        if isinstance(good, str) and dice.random() < 0.5:
            for pattern, edges in KINDS:
                if re.fullmatch(pattern, good):
                    return dice.choice(edges)
        if dice.random() < 0.06:
            return dice.choice(BYTES)
        return dice.choice(dice.choice(EDGES))

    def _path(self, dice, route):
        def part(found):
            name = found.group(1)
            known = self.site.values.get(name) or [dice.choice(dice.choice(EDGES))]
            value = self._value(dice, dice.choice(known))
            return quoted(value[:2000] if dice.random() < 0.9 else value[:12_000]) or "%20"

        return re.sub(r"\{(.*?)\}", part, route.path)

    def _query(self, dice, route):
        known = dict(self.site.queries.get(route.path, {}))
        if route.path.startswith("/api/v1"):
            operation = self.site.api["paths"].get(route.path.removeprefix("/api/v1"), {}).get(route.method.lower(), {})
            known |= {p["name"]: "1" for p in operation.get("parameters", []) if p["in"] == "query"}
        for name in sorted(self.site.names):
            if dice.random() < 0.05:
                known.setdefault(name, "1")
        pairs = [(name, self._value(dice, value or None)) for name, value in known.items() if dice.random() < 0.6]
        if dice.random() < 0.02:
            pairs += [(f"f{n}", "") for n in range(1500)]
        return ("?" + "&".join(f"{quoted(name)}={quoted(value[:6000])}" for name, value in pairs))[:30_000] if pairs else ""

    def _body(self, dice, route, caller):
        if route.path.startswith("/api/v1"):
            return "application/json", self._json(dice, route)
        known = {**self.site.forms.get(route.path, {}), "csrf": caller.csrf}
        known.pop("key", None)
        pairs = []
        for name, value in known.items():
            kept = name == "csrf" and dice.random() < 0.97
            pairs.append((name, value if kept else self._value(dice, value or None)))
        dice.shuffle(pairs)
        if dice.random() < 0.15:
            return self._parts(dice, pairs)
        return "application/x-www-form-urlencoded", "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs).encode()[:500_000]

    def _parts(self, dice, pairs):
        lines = []
        for name, value in pairs:
            lines.append(b"--edge\r\nContent-Disposition: form-data; name=\"" + name.encode() + b"\"\r\n\r\n" + raw(value) + b"\r\n")
        for name in ("file", "files", "mapping"):
            if dice.random() < 0.5:
                shown = raw(self._value(dice))[:300]
                lines.append(
                    b"--edge\r\nContent-Disposition: form-data; name=\"" + name.encode() + b"\"; filename=\"" + shown
                    + b"\"\r\nContent-Type: text/csv\r\n\r\n" + raw(self._value(dice)) * dice.choice([1, 1, 3]) + b"\r\n")
        body = b"".join(lines) + b"--edge--\r\n"
        if dice.random() < 0.1:
            body = body[:dice.randrange(len(body))]
        return "multipart/form-data; boundary=edge", body

    def _json(self, dice, route):
        if dice.random() < 0.05:
            return dice.choice(JSON_TEXTS)
        schema = self.site.schema(route)
        if schema is None:
            return raw(self._value(dice))
        value = self._of(dice, schema)
        return json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")

    def _of(self, dice, schema):
        """A value that a schema describes, here and there one that it does not."""
        if dice.random() < 0.04:
            return dice.choice(JSON_EDGES)
        schema = self.site.api["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
        kind = schema.get("type")
        if kind == "object":
            wanted = set(schema.get("required", []))
            return {name: self._of(dice, part) for name, part in schema.get("properties", {}).items() if name in wanted or dice.random() < 0.5}
        if kind == "array":
            return [self._of(dice, schema["items"]) for _ in range(dice.choice([0, 1, 1, 2]))]
        if kind == "integer":
            least, most = schema.get("minimum", 0), schema.get("maximum", 100)
            return dice.choice([least, most, least - 1, most + 1, dice.choice([1 << 31, (1 << 63) - 1, 1 << 63, -1])])
        if kind == "boolean":
            return dice.random() < 0.5
        if "enum" in schema:
            return dice.choice(schema["enum"])
        known = [value for values in self.site.values.values() for value in values] + schema.get("examples", [])
        value = self._value(dice, dice.choice(known) if known else None)
        return value.decode("latin-1") if isinstance(value, bytes) else value


def raw(value):
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def quoted(value):
    return value.decode("latin-1").encode("ascii", "ignore").decode() if isinstance(value, bytes) and value[:1] == b"%" else urllib.parse.quote(raw(value), safe="")


def latin(value):
    return value.encode("latin-1", "replace").decode("latin-1")


class Fuzz:
    """Sends the requests, a few at a time, each worker on a connection that it keeps as long as the server does."""

    def __init__(self, server, requests):
        self.server, self.requests = server, requests
        self.findings, self.counts = [], {}
        self._lock = threading.Lock()
        self._local = threading.local()

    def run(self, numbers):
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(self._some, (numbers[start:start + 50] for start in range(0, len(numbers), 50))))
        if self.server.is_running and (peak := memory(self.server, "VmHWM:")) > MEMORY:
            self.findings.append(f"the server takes {peak >> 20} MB; {MEMORY >> 20} are the limit")

    def _some(self, numbers):
        for number in numbers:
            if not self.server.is_running or len(self.findings) > 20:
                return
            self._one(number)

    def _one(self, number):
        method, route, caller, data = self.requests.make(number)
        try:
            answer = self._ask(data, method == "HEAD")
            status = answer.status if answer else 0
        except TimeoutError:
            answer, status = None, -1
        except ConnectionRefusedError:
            # Nobody listens any more.
            answer, status = None, 0
            time.sleep(1)
        with self._lock:
            self.counts[status] = self.counts.get(status, 0) + 1
        shown = f"request {number}, {method} {route.path} by {caller.name}: {data[:300]!r}"
        if not self.server.is_running:
            self._find(f"the server has stopped after {shown}")
        elif status >= 500 and status != 503 or status == -1:
            self._find(f"{'no answer' if status == -1 else status} to {shown}")
        elif answer and answer.status == 303 and (answer.header("location") or "").startswith("/sign-in") and caller.person:
            self._again(caller)

    def _again(self, caller):
        """Somebody was signed out by what was done to them: they sign in again."""
        with caller.lock:
            if caller.page("/portal" if caller.person.role == "billing" else "/today").status == 303:
                try:
                    caller.enter()
                except RuntimeError as error:
                    self._find(str(error))

    def _find(self, finding):
        with self._lock:
            self.findings.append(finding)

    def _ask(self, data, is_head):
        connection = getattr(self._local, "connection", None)
        # A connection that was kept may have been closed meanwhile: then once more on a new one.
        for kept in (connection, None) if connection else (None,):
            self._local.connection = None
            connection = kept or connect(self.server.url, 60)
            try:
                connection.sendall(data)
            except ConnectionError:
                pass
            answer = read_answer(connection, is_head)
            if answer is None and kept:
                connection.close()
                continue
            if answer is None or (answer.header("connection") or "").lower() == "close" or answer.status >= 400:
                connection.close()
            else:
                self._local.connection = connection
            return answer
        return None


def memory(server, name):
    with open(f"/proc/{server.pid}/status") as lines:
        return next((int(line.split()[1]) << 10 for line in lines if line.startswith(name)), 0)


def run(server, table, report, seed, count, first=0):
    """So many requests, beginning with number `first` of a seed; prints the seed."""
    print(f"fuzz: --seed {seed} --count {count}" + (f" --first {first}" if first else ""), flush=True)
    callers = [
        Caller("an owner", server.url, people.first(server.people, "owner")),
        Caller("a contact", server.url, people.first(server.people, "billing")), Caller("a stranger", server.url),
    ]
    for caller in callers:
        caller.enter()
    for caller, path in ((callers[0], "/account"), (callers[1], "/portal/account")):
        callers.append(Caller(f"{caller.name}'s token", server.url, bearer=token(caller, path)))
    document = callers[0].page("/openapi.json").body
    site = Map(table, document, callers)
    fuzz = Fuzz(server, Requests(seed, site, callers))
    began = time.monotonic()
    fuzz.run(range(first, first + count))
    sent = sum(fuzz.counts.values())
    done = ", ".join(f"{status or 'closed'}: {number}" for status, number in sorted(fuzz.counts.items()))
    print(f"fuzz: {sent} requests in {time.monotonic() - began:.0f} s, {memory(server, 'VmHWM:') >> 20 if server.is_running else 0} MB; {done}", flush=True)
    if fuzz.counts.get(429, 0) + fuzz.counts.get(503, 0) > max(50, sent // 20):
        fuzz.findings.append("too many requests were put off to have tried anything")
    report.add("fuzz", f"seed {seed}", fuzz.findings)


def token(caller, path):
    """A token for all that somebody may let it be used for."""
    forms = Fields(caller.page(path).body.decode()).forms
    fields = next(fields for _, action, fields in forms if action == f"{path}/tokens")
    given = {
        **{name: value or "on" for name, value in fields.items()}, "name": "fuzz", "days": "90",
        "current_password": caller.person.password}
    given = {name.rsplit(".", 1)[-1]: value for name, value in given.items()}
    answer = caller.client.post(
        f"{path}/tokens", given, Host=PUBLIC_URL.removeprefix("https://"), X_Forwarded_For="198.51.100.7", Origin=PUBLIC_URL)
    found = re.search(r"msty_[A-Za-z0-9_-]{43}", answer.body.decode())
    if found is None:
        raise RuntimeError(f"{caller.name} gets no token: {answer.status}")
    return found.group()
