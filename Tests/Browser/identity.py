"""Who may be whom: what an attacker with an account tries in order to be somebody else. Where mail is sent."""

import json
import re

import letterbox
import people
from client import Client, Forms

LINK = re.compile(rb"/(?:links|addresses)/[A-Za-z0-9_-]{20,}")


class Site:
    """Somebody's browser at the server, and what is wrong."""

    def __init__(self, server):
        self.server = server
        self.findings = []

    def browser(self, role=None):
        client = Client(self.server.url)
        if role:
            client.sign_in(people.first(self.server.people, role))
        return client

    def expect(self, is_right, finding):
        if not is_right:
            self.findings.append(finding)

    def send(self, browser, page, action, fields, *statuses):
        """Sends a form with the token of a page; no answer may show a link."""
        forms = Forms(browser.get(page).body.decode())
        # What is not offered is tried with the token of another form of the page.
        hidden = forms.fields(action) or next(fields for _, fields in forms.forms if "csrf" in fields)
        answer = browser.post(action, {**hidden, **fields})
        self.expect(answer.status in statuses, f"{action}: answers {answer.status}, not {statuses}")
        self.expect(not LINK.search(answer.body), f"{action}: shows a link")
        return answer


def contact_of(page, name):
    """The id of a contact on their client's page."""
    found = re.search(rf"{re.escape(name)}</span> <span class=\"muted small\">(p-[0-9]+)", page)
    return found and found.group(1)


def who_may_be_whom(server, mails):
    site = Site(server)
    mails.taken(wanted=1000, within=3)
    billing = people.first(server.people, "billing")
    client = "/clients/harbor"
    manager, owner, agent = (site.browser(role) for role in ("manager", "owner", "agent"))
    mara = site.browser("billing")
    contact = contact_of(manager.get(client).body.decode(), "Mara Ortiz")
    if not contact:
        return ["the example client has no contact Mara Ortiz"]
    base = f"{client}/contacts/{contact}"

    # An invitation of somebody who has access goes nowhere, whoever sends it.
    stolen = {"email": "agent@evil.example", "role": "billing"}
    site.send(agent, client, f"{base}/invite", stolen, 403)
    site.send(manager, client, f"{base}/invite", stolen, 422)
    site.send(agent, client, f"{base}/email", stolen, 403)
    site.send(manager, client, f"{base}/email", stolen, 403)
    site.send(owner, client, f"{base}/email", {**stolen, "current_password": "not it"}, 422)
    site.expect(mara.get("/portal").status == 200, "an invitation ended somebody's session")

    # Somebody new gets their link by mail, and nobody else sees it.
    answer = site.send(
        mara, "/portal/people", "/portal/people",
        {"name": "Win at http://evil.example", "email": "lou@harbor.example", "role": "viewer"}, 303)
    site.expect(b"evil" not in answer.body, "the inviter's words come back")
    somebody = {"name": "Dee", "email": "dee@agency.example", "id": "dee", "role": "agent"}
    site.send(owner, "/people", "/people", {**somebody, "current_password": "not it"}, 422)
    password = people.first(server.people, "owner").password
    site.send(owner, "/people", "/people", {**somebody, "current_password": password}, 200)
    sent = mails.taken(wanted=2)
    site.expect({to for to, _, _ in sent} == {"lou@harbor.example", "dee@agency.example"}, f"mails go to {sent}")
    site.expect(not any("evil" in text + subject for _, subject, text in sent), "a mail carries the inviter's words")
    path = next((letterbox.link(text) for to, _, text in sent if to == "lou@harbor.example"), None)
    lou = site.browser()
    page = lou.get(path)
    entered = lou.post(f"{path}/enter", Forms(page.body.decode()).fields(f"{path}/enter"))
    site.expect(entered.status == 303 and lou.get("/portal").status == 200, "the link of a mail lets nobody in")

    # An invitation by the hundred ends soon.
    answers = []
    for number in range(40):
        fields = mara.form("/portal/people", "/portal/people")
        answers.append(mara.post("/portal/people", {
            **fields, "name": "V", "email": f"v{number}@else.example", "role": "viewer"}).status)
    site.expect(answers.count(303) <= 20, f"of 40 invitations {answers.count(303)} go out")
    mails.taken(wanted=1000, within=6)

    # Who took a session has not got the password.
    thief = site.browser("billing")
    asked = 0
    for number in range(12):
        answer = site.send(thief, "/portal/account", "/portal/account/email", {
            "email": "thief@evil.example", "current_password": f"guess {number}"}, 422)
        asked += b"too many tries" in answer.body
    site.expect(asked >= 6, "guesses of a password are not slowed down")
    site.send(thief, "/portal/account", "/portal/account/tokens", {
        "name": "x", "scope-read": "yes", "days": "90", "current_password": "guess"}, 422)
    site.expect(not mails.taken(within=3), "a guess sends mail")

    # All of it ends by one press, in every browser.
    site.send(thief, "/portal/account", "/portal/account/end-all", {}, 303)
    site.expect(mara.get("/portal").status == 303, "another session goes on after everything was ended")
    again = site.browser("billing")
    first = dict(again.cookies)
    again.sign_in(billing)
    left = Client(server.url)
    left.cookies = first
    site.expect(left.get("/portal").status == 303, "signing in again leaves the old session of that browser")

    # Whoever asks for a hundred links fills nobody's mailbox, and learns nothing.
    stranger = site.browser()
    pages = set()
    for number in range(10):
        for address in (billing.email, "nobody@else.example"):
            fields = Forms(stranger.get("/reset").body.decode()).fields("/reset")
            answer = stranger.post("/reset", {**fields, "email": address})
            pages.add((answer.status, len(answer.body)))
    site.expect(len(pages) == 1, f"known and unknown addresses are answered otherwise: {pages}")
    count = len(mails.taken(wanted=2, within=6))
    site.expect(count <= 1, f"ten resets send {count} mails")
    return site.findings


def a_flood_of_requests(server, mails):
    """A program opens a hundred requests: a few mails say so, and none to whoever opened them."""
    site = Site(server)
    mails.taken(wanted=1000, within=3)
    person = people.first(server.people, "billing")
    browser = site.browser("billing")
    fields = browser.form("/portal/account", "/portal/account/tokens")
    made = browser.post("/portal/account/tokens", {
        **fields, "name": "flood", "scope-read": "yes", "scope-requests": "yes", "days": "1",
        "current_password": person.password})
    token = re.search(rb"msty_[A-Za-z0-9_-]+", made.body)
    if not token:
        return [f"making a token answers {made.status}"]
    caller, opened = Client(server.url), 0
    for number in range(100):
        body = json.dumps({
            "client": "harbor", "service_line": "website-maintenance", "title": f"Flood {number}", "message": "Hello"})
        answer = caller.send(
            "POST", "/api/v1/requests", body.encode(), Authorization=f"Bearer {token.group().decode()}",
            Content_Type="application/json", Idempotency_Key=f"flood-{number}")
        opened += answer.status == 201
    site.expect(opened == 100, f"of 100 requests {opened} are opened")
    sent = mails.taken(wanted=1000, within=15)
    site.expect(not any(to == person.email for to, _, _ in sent), "whoever opened requests is mailed about them")
    # One as the first came, and one with all that came meanwhile is still to go.
    staff = len({to for to, _, _ in sent})
    site.expect(0 < len(sent) <= 2 * staff, f"100 requests send {len(sent)} mails to {staff} people")
    return site.findings
