"""A browser of a few lines: plain sockets, cookies, and forms as pages have them."""

import html.parser
import socket
import urllib.parse
from dataclasses import dataclass

LIMIT = 4 * 1024 * 1024


@dataclass
class Answer:
    """What came back, if anything did."""

    status: int
    headers: list
    body: bytes

    def header(self, name):
        return next((value for key, value in self.headers if key == name.lower()), None)

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]


def connect(url, timeout=10):
    """A connection to the server; nothing but this machine is ever called."""
    parts = urllib.parse.urlsplit(url)
    if parts.hostname not in ("127.0.0.1", "localhost"):
        raise SystemExit(f"{url} is not this machine")
    connection = socket.create_connection((parts.hostname, parts.port), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_answer(connection, is_head=False):
    """The next answer on a connection; None where it was closed without one. An answer to HEAD has no body."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            piece = connection.recv(65536)
        except ConnectionError:
            return None
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(key.strip().lower(), value.strip()) for key, _, value in (line.partition(":") for line in lines)]
    answer = Answer(int(first.split()[1]), headers, body)
    length = "0" if is_head or answer.status in (204, 304) else answer.header("content-length")
    while length is None or len(answer.body) < min(int(length), LIMIT):
        try:
            piece = connection.recv(65536)
        except ConnectionError:
            break
        if not piece or (length is None and len(answer.body) > LIMIT):
            break
        answer.body += piece
    return answer


def is_closed(connection, within=5):
    """Whether the server closes the connection in that time."""
    connection.settimeout(within)
    try:
        while connection.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def head(method, target, **fields):
    """The first lines of a request. `target` is sent as it is."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{key.replace('_', '-')}: {value}" for key, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


class Forms(html.parser.HTMLParser):
    """The forms of a page: where they go, and what they carry before anybody types."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][1][given["name"]] = given.get("value") or ""

    def fields(self, action):
        return next((dict(fields) for target, fields in self.forms if target == action), None)


class Client:
    """Somebody with cookies; a connection for each request."""

    def __init__(self, url):
        self.url = url
        self.cookies = {}

    @property
    def host(self):
        return urllib.parse.urlsplit(self.url).netloc

    def send(self, method, target, body=b"", timeout=30, **fields):
        given = {"Host": self.host, "Connection": "close"}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body or method == "POST":
            given["Content_Length"] = str(len(body))
        given.update(fields)
        with connect(self.url, timeout) as connection:
            connection.sendall(head(method, target, **given) + body)
            answer = read_answer(connection)
        if answer:
            self._keep(answer)
        return answer

    def _keep(self, answer):
        for line in answer.all("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)

    def get(self, target, **fields):
        return self.send("GET", target, **fields)

    def post(self, target, form, **fields):
        given = {"Content_Type": "application/x-www-form-urlencoded", "Origin": self.url, **fields}
        return self.send("POST", target, urllib.parse.urlencode(form).encode(), **given)

    def form(self, page, action):
        """What a form of a page carries, hidden."""
        return Forms(self.get(page).body.decode()).fields(action)

    def sign_in(self, person):
        fields = self.form("/sign-in", "/sign-in")
        answer = self.post("/sign-in", {**fields, "email": person.email, "password": person.password})
        if answer.status != 303:
            raise SystemExit(f"{person.email} cannot sign in: {answer.status}")
