"""The site as its route table has it, with an address to try for each page: found by following links, as people do."""

import html
import json
import re
import subprocess
import urllib.parse
from dataclasses import dataclass

# So many pages of one kind are looked into for the one with the most in it.
TRIED = 6


CLIENT_ROLES = ["viewer", "requester", "approver", "billing"]


@dataclass(frozen=True)
class Route:
    """A line of the route table."""

    method: str
    path: str
    access: str
    is_page: bool = False
    sample: str | None = None

    @property
    def side(self):
        """Whose page it is: staff's, the client's, or anyone's."""
        if self.access == "anyone":
            return "anyone"
        return "client" if self.access in CLIENT_ROLES else "staff"

    @property
    def name(self):
        """A name for files: `requests-request` for `/requests/{request}`."""
        return re.sub(r"[{}]", "", self.path.strip("/")).replace("/", "-") or "root"

    @property
    def _pattern(self):
        return re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(self.path))

    def fits(self, path):
        return re.fullmatch(self._pattern, path) is not None


def routes(program):
    """The program's route table."""
    run = subprocess.run([program, "routes", "--format", "json"], capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"{program} routes: {run.stderr}")
    return [Route(line["method"], line["path"], line["access"]) for line in json.loads(run.stdout)]


def with_samples(table, clients):
    """The table with, for each address that answers HTML, one to try: of several the one with the most in it.

    `clients` are browsers by side: staff's pages are found by links of staff's pages, clients' by those of clients'.
    """
    best = {}
    for side, client in clients.items():
        best |= samples([route for route in table if route.method == "GET" and route.side in (side, "anyone")], client)
    return [completed(route, best.get(route.path)) for route in table]


def samples(gets, client):
    best = {}
    # What has no varying part stands before what has: /requests/new is no request.
    gets.sort(key=lambda route: route.path.count("{"))
    waiting = [route.path for route in gets if "{" not in route.path]
    seen = set(waiting)
    tried = dict.fromkeys((route.path for route in gets), 0)
    while waiting:
        path = waiting.pop(0)
        route = next((route for route in gets if route.fits(path)), None)
        if route is None or tried[route.path] >= TRIED:
            continue
        tried[route.path] += 1
        answer = client.get(path)
        is_page = (answer.header("content-type") or "").startswith("text/html")
        if answer.status >= 400 or (is_page and answer.status != 200):
            continue
        if route.path not in best or len(answer.body) > best[route.path][2]:
            best[route.path] = (path, is_page, len(answer.body))
        if is_page:
            for link in re.findall(r'(?:href|action)="(/[^"]*)"', answer.body.decode()):
                target = urllib.parse.urlsplit(html.unescape(link)).path
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
    return best


def completed(route, best):
    if route.method != "GET" or best is None:
        return route
    sample, is_page, _ = best
    return Route(route.method, route.path, route.access, is_page, sample)
