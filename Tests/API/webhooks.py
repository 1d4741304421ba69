"""Webhooks, received and verified by the library of Standard Webhooks that is on PyPI."""

import http.server
import json
import queue
import threading
import urllib.request

import standardwebhooks


class Receiver:
    """A program that is told what happens: keeps what it is sent, and answers as it is told."""

    def __init__(self):
        self.calls = queue.Queue()
        self.answers = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.calls.put(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def next(self):
        return self.calls.get(timeout=30)


def call(url, token, method, path, body=None):
    request = urllib.request.Request(
        f"{url}/api/v1{path}", method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json",
                 "idempotency-key": f"hook{path}{json.dumps(body)}".replace(" ", "")[:150]})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def check(url, token, password):
    """A message arrives, is signed, comes again under its id when it is refused, and again when it is asked for."""
    receiver = Receiver()
    receiver.answers = [500]
    made = call(url, token, "POST", "/webhooks", {"url": receiver.url, "events": ["request.opened"],
                                                  "current_password": password})
    verifier = standardwebhooks.Webhook(made["secret"])
    opened = call(url, token, "POST", "/requests", {
        "client": "harbor", "service_line": "website-maintenance", "title": "Told of"})
    first = receiver.next()
    again = receiver.next()
    told = verifier.verify(first[1].decode(), first[0])
    ok = told["type"] == "request.opened" and told["data"] == {"client": "harbor", "request": opened["id"]}
    ok &= verifier.verify(again[1].decode(), again[0]) == told and again[0]["webhook-id"] == first[0]["webhook-id"]
    changed = call(url, token, "POST", f"/webhooks/{made['id']}/secret", {"current_password": password})
    call(url, token, "POST", f"/webhooks/{made['id']}/test", {})
    test = receiver.next()
    # For a day both secrets are good.
    for secret in (made["secret"], changed["secret"]):
        ok &= standardwebhooks.Webhook(secret).verify(test[1].decode(), test[0])["type"] == "webhook.test"
    try:
        verifier.verify(test[1].decode().replace("wh-", "wx-"), test[0])
        ok = False
    except standardwebhooks.WebhookVerificationError:
        pass
    log = call(url, token, "GET", f"/webhooks/{made['id']}/deliveries")["items"]
    line = next(line for line in log if line["event"] == "request.opened")
    call(url, token, "POST", f"/webhooks/{made['id']}/deliveries/{line['id']}/replay", {})
    ok &= receiver.next()[0]["webhook-id"] == first[0]["webhook-id"]
    call(url, token, "POST", f"/webhooks/{made['id']}/remove", {})
    print(f"webhooks: {'verified by standardwebhooks' if ok else 'not as they should be'}")
    return ok
