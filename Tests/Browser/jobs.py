"""The main jobs, step by step, as a person does them."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import struct
import time

from playwright.async_api import expect

import checks
import names
import people
from walk import HEIGHT, Variant

VARIANTS = [
    Variant(1280, "light", True), Variant(320, "dark", True), Variant(1280, "dark", False), Variant(320, "light", False),
]
PATIENCE = 10_000


class Skip(Exception):
    """A job cannot be tried, and why."""


class Desk:
    """What a job has: a browser window of its own, at a server of its own."""

    def __init__(self, browser, server, table, variant, shots):
        self.server = server
        self.variant = variant
        self.url = server.url
        self.people = server.people
        self.findings = []
        self._browser = browser
        self._table = table
        self._shots = shots
        self._states = {}
        self._contexts = []

    async def window(self, role=None, state=None):
        """A new window: of somebody of a role who signed in, of whoever has some cookies, or of a stranger."""
        if role and role not in self._states:
            person = people.first(self.people, role)
            self._states[role] = await people.storage_state(self._browser, self.url, person)
        context = await self._browser.new_context(
            base_url=self.url, viewport={"width": self.variant.width, "height": HEIGHT[self.variant.width]},
            color_scheme=self.variant.scheme, java_script_enabled=self.variant.has_javascript,
            storage_state=self._states[role] if role else state)
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = await context.new_page()
        watch = checks.Watch(page, self.url, expected=None)
        watch.findings = self.findings
        return page

    def sample(self, path):
        """An address of a page, for this example data."""
        for route in self._table:
            if route.method == "GET" and route.path == path:
                if route.sample is None:
                    raise Skip(f"no link of the example data leads to {path}")
                return route.sample
        raise Skip(f"there is no page {path}")

    async def look(self, page, name):
        """Looks at a page that no address leads to."""
        self.findings += [f"{name}: {text}" for text in await checks.overflow(page)]
        if self.variant.has_javascript:
            await page.screenshot(path=self._shots / f"job-{name}-{self.variant.file}.png", full_page=True)
            self.findings += [f"{name}: {text}" for text in await checks.axe(page)]

    async def keep(self, name):
        """Keeps pictures of all windows as they are: for whoever asks why a job failed."""
        for number, context in enumerate(self._contexts):
            for page in context.pages:
                await page.screenshot(path=self._shots / f"failed-{name}-{self.variant.file}-{number}.png")

    async def close(self):
        for context in self._contexts:
            await context.close()
        self._contexts = []


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


async def heading(page, text):
    await expect(page.get_by_role("heading", level=1)).to_contain_text(text)


async def said(page, text):
    """The page says that something was done."""
    await expect(page.get_by_role("status").first).to_contain_text(text)


async def follow(page, name):
    """Goes to a part of the site by its navigation, which is a menu where there is little room."""
    menu = page.get_by_role("banner").locator("summary", has_text=names.MENU)
    if await menu.is_visible():
        await menu.click()
    await page.get_by_role("banner").get_by_role("link", name=name, exact=True).locator("visible=true").click()
    await heading(page, name)


# The jobs


async def signing_in(desk):
    person = people.first(desk.people, "owner")
    wanted = desk.sample("/clients")
    page = await desk.window()
    await page.goto(wanted)
    await page.get_by_label(names.EMAIL).fill(person.email)
    await page.get_by_label(names.PASSWORD).fill("not the password")
    await button(page, names.SIGN_IN).click()
    await expect(page.get_by_role("alert")).to_contain_text(names.REFUSED)
    await expect(page.get_by_label(names.EMAIL)).to_have_value(person.email)
    await desk.look(page, "sign-in-refused")
    await page.get_by_label(names.PASSWORD).fill(person.password)
    await button(page, names.SIGN_IN).click()
    await page.wait_for_url(f"**{wanted}")


async def a_timer(desk):
    page = await desk.window("owner")
    await page.goto(desk.sample("/requests/{request}"))
    await page.get_by_label(names.TIMER_FOR).select_option(index=0)
    await button(page, names.START_TIMER).click()
    stop = page.get_by_role("banner").get_by_role("button", name=names.STOP)
    await expect(stop).to_be_visible()
    await follow(page, names.CLIENTS)
    await desk.look(page, "timer-runs")
    await stop.click()
    await said(page, "aved")
    await expect(stop).to_have_count(0)


async def time_in_one_field(desk):
    request = desk.sample("/requests/{request}").rsplit("/", 1)[1]
    note = f"checked the labels {secrets.token_hex(4)}"
    page = await desk.window("owner")
    await page.goto(desk.sample("/today"))
    field = page.get_by_label(names.WHAT_YOU_DID)
    if desk.variant.has_javascript:
        await field.press_sequentially(f"{request} 20m troubleshooting: {note}", delay=5)
        await expect(page.locator("[aria-live=polite]", has_text=note)).to_be_visible()
        await desk.look(page, "time-echoed")
    await field.fill(f"{request} 20m troubleshooting: {note}")
    await button(page, names.READ_BACK).click()
    await expect(page.get_by_role("main")).to_contain_text(note)
    await expect(page.get_by_role("main")).to_contain_text("0:20")
    await desk.look(page, "time-read-back")
    await button(page, names.SAVE_IT).click()
    await said(page, "0:20")
    await page.goto(desk.sample("/requests/{request}"))
    await expect(page.get_by_role("main")).to_contain_text(note)


async def time_misspelt(desk):
    page = await desk.window("owner")
    await page.goto(desk.sample("/today"))
    await page.get_by_label(names.WHAT_YOU_DID).fill("r-0 20x nonsense")
    await button(page, names.READ_BACK).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label(names.WHAT_YOU_DID)).to_have_value("r-0 20x nonsense")
    await desk.look(page, "time-misspelt")


async def triage(desk):
    page = await desk.window("owner")
    await page.goto(desk.sample("/triage"))
    waiting = page.get_by_role("main").locator("a[href^='/triage/']")
    if await waiting.count() == 0:
        raise Skip("the example data has no new request")
    await waiting.first.click()
    address = page.url
    bill = page.get_by_role("table", name=names.ON_THE_BILL)
    await expect(bill).to_contain_text("1:00")
    await page.get_by_label(names.SERVICE_LINE).select_option(index=0)
    await page.get_by_label(names.WORK_TYPE).select_option(index=1)
    await button(page, names.ACCEPT).click()
    await said(page, "accepted")
    await page.goto(desk.sample("/triage"))
    here = address.replace(desk.url, "")
    await expect(page.get_by_role("main").locator(f"a[href='{here}']")).to_have_count(0)


async def answering(desk):
    text, content = f"It is put right {secrets.token_hex(4)}.", b"What was found:\n\xe2\x80\x93 the path\n"
    page = await desk.window("owner")
    await page.goto(desk.sample("/requests/{request}"))
    await page.get_by_label(names.WRITE).fill(text)
    await page.get_by_label(names.ATTACHMENTS).set_input_files(
        {"name": "Bericht <1> ü.txt", "mimeType": "text/plain", "buffer": content})
    await page.get_by_label(names.WHO_READS).select_option(label=names.TO_CLIENT)
    await button(page, names.SEND).click()
    await said(page, "sent")
    await expect(page.get_by_role("main")).to_contain_text(text)
    link = page.get_by_role("link", name="Bericht <1> ü.txt").last
    answer = await page.request.get(await link.get_attribute("href"))
    if await answer.body() != content or not answer.headers.get("content-disposition", "").startswith("attachment"):
        desk.findings.append("an attachment does not come back as it was sent, to be saved")
    await desk.look(page, "answered")


async def asking_why(desk):
    page = await desk.window("owner")
    await page.goto(desk.sample("/clients/{client}/statements/{period}"))
    why = page.get_by_role("main").locator("details", has=page.locator("summary", has_text=names.WHY)).first
    await why.locator("summary").click()
    await expect(why.get_by_role("listitem").first).to_be_visible()
    await desk.look(page, "why-opened")


async def searching(desk):
    page = await desk.window("owner")
    await page.goto(desk.sample("/requests/{request}"))
    title = await page.get_by_role("heading", level=1).inner_text()
    field = page.get_by_role("banner").get_by_label(names.SEARCH)
    # The hours stand in front of the title, in brackets.
    title = title.rpartition("] ")[2]
    await field.fill(title)
    await field.press("Enter")
    await expect(page.get_by_role("main").get_by_role("link", name=title).first).to_be_visible()
    await desk.look(page, "found")


async def inviting(desk):
    page = await desk.window("owner")
    short = f"dee{secrets.token_hex(2)}"
    await page.goto(desk.sample("/people"))
    await page.get_by_label(names.NAME, exact=True).fill("Dee Moss")
    await page.get_by_label(names.EMAIL).fill(f"{short}@example.com")
    await page.get_by_label(names.SHORT_NAME).fill(short)
    await page.get_by_label(names.ROLE).select_option("agent")
    await page.get_by_label(names.YOUR_PASSWORD).fill(people.first(desk.people, "owner").password)
    await button(page, names.INVITE).click()
    link = (await page.get_by_role("main").locator("code").first.inner_text()).strip()
    await desk.look(page, "invited")
    guest = await desk.window()
    await guest.goto(link)
    await desk.look(guest, "invitation")
    await guest.get_by_label(names.NEW_PASSWORD).fill("short")
    await button(guest, names.SAVE_AND_SIGN_IN).click()
    await expect(guest.get_by_role("alert")).to_be_visible()
    await guest.get_by_label(names.NEW_PASSWORD).fill(f"several words are good {secrets.token_hex(4)}")
    await button(guest, names.SAVE_AND_SIGN_IN).click()
    await heading(guest, names.TODAY)
    other = await desk.window()
    answer = await other.goto(link)
    if answer.status != 404:
        desk.findings.append(f"an invitation that was used answers {answer.status}, not 404")


def totp(secret, at):
    """The code of RFC 6238 for a time."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


async def a_second_factor(desk):
    # Of somebody else than the other jobs, who need no code.
    person = people.first(desk.people, "agent")
    page = await desk.window()
    await people.sign_in(page, desk.url, person)
    await page.goto(desk.sample("/account/code"))
    secret = (await page.get_by_role("main").locator("code").first.inner_text()).replace(" ", "").strip()
    used = totp(secret, time.time())
    await page.get_by_label(names.CODE).fill(used)
    await page.get_by_label(names.YOUR_PASSWORD).fill(person.password)
    await button(page, names.TURN_ON).click()
    await said(page, "code")
    again = await desk.window()
    await again.goto("/sign-in")
    await again.get_by_label(names.EMAIL).fill(person.email)
    await again.get_by_label(names.PASSWORD).fill(person.password)
    await button(again, names.SIGN_IN).click()
    await desk.look(again, "code-asked")
    await again.goto("/today")
    if "/sign-in" not in again.url:
        desk.findings.append("a password alone is enough where a code is on")
    await again.goto("/sign-in/code")
    await again.get_by_label(names.CODE).fill(used)
    await button(again, names.SIGN_IN).click()
    await expect(again.get_by_role("alert")).to_contain_text(names.REFUSED)
    while (code := totp(secret, time.time())) == used:
        await asyncio.sleep(1)
    await again.get_by_label(names.CODE).fill(code)
    await button(again, names.SIGN_IN).click()
    await heading(again, names.TODAY)


async def signing_out(desk):
    page = await desk.window()
    await people.sign_in(page, desk.url, people.first(desk.people, "owner"))
    old = await page.context.storage_state()
    await page.goto(desk.sample("/account"))
    await button(page, names.SIGN_OUT).first.click()
    await page.wait_for_url("**/sign-in*")
    thief = await desk.window(state=old)
    await thief.goto("/today")
    if "/sign-in" not in thief.url:
        desk.findings.append("the cookie works after its owner signed out")
    await page.go_back()
    await page.reload()
    if await page.get_by_role("banner").get_by_role("link", name=names.CLIENTS).count():
        desk.findings.append("going back after signing out shows pages of staff")


EXPORT = """Date,Client,Project,Task,Notes,Hours,First Name,Last Name
2026-09-03,{name},Site,Research,One,1.5,Ben,Okri
2026-09-04,{name},Site,Research,Two,0.75,Ben,Okri
2026-10-05,{name},Site,Research,Three,2,Ben,Okri
"""
MAPPING = """mainstay_mapping: 1
request_per: project
clients:
  {name}: {{id: {id}, service_line: website-maintenance}}
other_projects: none
tasks:
  Research: research
"""


async def importing(desk):
    id = f"acme{secrets.token_hex(2)}"
    files = {"name": f"Acme {id}", "id": id}

    async def dry_run(page):
        await page.goto(desk.sample("/import"))
        for label, name, text in ((names.EXPORT, "time.csv", EXPORT), (names.MAPPING, "map.yaml", MAPPING)):
            content = text.format(**files).encode()
            await page.get_by_label(label).set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
        await button(page, names.SEE_IMPORT).click()

    page = await desk.window("owner")
    await dry_run(page)
    await expect(page.get_by_role("main")).to_contain_text("4:15")
    await desk.look(page, "import-dry-run")
    clients = await page.request.get(f"/clients/{id}")
    if clients.status != 404:
        desk.findings.append("a dry run has added the client")
    await button(page, names.ADD_ENTRIES).click()
    await said(page, "4:15")
    await dry_run(page)
    await expect(button(page, names.ADD_ENTRIES)).to_have_count(0)


async def keys(desk):
    if not desk.variant.has_javascript:
        raise Skip("single keys are JavaScript")
    page = await desk.window("manager")
    await page.goto(desk.sample("/today"))
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name=names.KEYS)).to_be_visible()
    await page.goto(desk.sample("/account"))
    await page.get_by_label(names.USE_SINGLE_KEYS).uncheck()
    panel = page.locator("form", has=page.get_by_label(names.USE_SINGLE_KEYS))
    await panel.get_by_role("button", name=names.SAVE).click()
    await page.goto(desk.sample("/today"))
    await page.keyboard.press("?")
    await page.wait_for_timeout(300)
    await expect(page.get_by_role("heading", name=names.KEYS)).to_have_count(0)


async def a_client_asks(desk):
    """A client reads what is left, asks for something, gets an answer, and asks about a line of the statement."""
    page = await desk.window("billing")
    await page.goto("/portal")
    await expect(page.get_by_role("main")).to_contain_text(names.OVER_OR_LEFT)
    await page.get_by_role("link", name=names.NEW_REQUEST).click()
    await expect(page.get_by_role("main")).to_contain_text(names.NOT_CHARGED)
    title = f"Vouchers do not print {secrets.token_hex(3)}"
    await page.get_by_label(names.IN_A_FEW_WORDS).fill(title)
    await page.get_by_label(names.WHAT_HAPPENED).fill("The printer stays silent.")
    await page.get_by_label(names.ATTACHMENTS).set_input_files(
        {"name": "log.txt", "mimeType": "text/plain", "buffer": b"no paper"})
    await desk.look(page, "client-asks")
    await button(page, names.SEND).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    address = page.url
    staff = await desk.window("owner")
    await staff.goto("/triage")
    await staff.get_by_role("link", name=title).click()
    await staff.goto("/requests/" + address.rpartition("/")[2].partition("#")[0])
    await staff.get_by_label(names.WRITE).fill("Paper is in again.")
    await button(staff, names.SEND).click()
    await page.goto(address)
    await expect(page.get_by_role("listitem").filter(has_text="Paper is in again.")).to_be_visible()
    await desk.look(page, "client-answered")
    await page.goto("/portal")
    await page.get_by_role("link", name=names.ASK_ABOUT).first.click()
    await page.get_by_label(names.YOUR_QUESTION).fill("Why was this so long?")
    await button(page, names.ASK).click()
    await expect(page.get_by_role("listitem").filter(has_text="Why was this so long?")).to_be_visible()


async def a_colleague_of_the_client(desk):
    """A client invites a colleague, who chooses no password, reads, and may not ask."""
    page = await desk.window("billing")
    await page.goto("/portal/people")
    await page.get_by_label(names.NAME, exact=True).fill("Lou Vega")
    await page.get_by_label(names.EMAIL).fill(f"lou{secrets.token_hex(3)}@harbor.example")
    await page.get_by_label(names.ROLE, exact=True).select_option("viewer")
    await button(page, names.INVITE_COLLEAGUE).click()
    link = (await page.get_by_role("main").locator("code").first.inner_text()).strip()
    guest = await desk.window()
    await guest.goto(link)
    await desk.look(guest, "client-invited")
    await button(guest, names.SIGN_IN).click()
    await expect(guest.get_by_role("heading", level=1)).to_contain_text("Hours")
    await expect(guest.get_by_role("link", name=names.NEW_REQUEST)).to_have_count(0)
    if (await guest.goto("/today")).status != 404:
        desk.findings.append("a client sees a page of staff")
    other = await desk.window()
    if (await other.goto(link)).status != 404:
        desk.findings.append("a client's link works twice")


async def a_client_decides(desk):
    """A client asks for another plan and for hours, and sees each as a request to confirm. Where the contract asks for no
    approval, none is offered."""
    page = await desk.window("billing")
    await page.goto("/portal/requests")
    await page.get_by_role("table").get_by_role("link").first.click()
    await expect(page.get_by_text(names.BEYOND_HOURS)).to_have_count(0)
    await desk.look(page, "client-approves")
    await page.goto("/portal/plan")
    await expect(page.get_by_role("heading", name=names.OTHER_PLANS)).to_be_visible()
    await page.get_by_label(names.PLAN, exact=True).select_option(index=1)
    await desk.look(page, "client-plan")
    await button(page, names.ASK_FOR_PLAN).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Change to")
    await page.goto("/portal/plan")
    await page.get_by_label(names.HOURS, exact=True).fill("1")
    await button(page, names.ASK_FOR_HOURS).click()
    await expect(page.get_by_role("main")).to_contain_text("cannot be bought ahead")
    await page.get_by_label(names.HOURS, exact=True).fill("10")
    await button(page, names.ASK_FOR_HOURS).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("10 h ahead")


async def a_client_reads(desk):
    """A client reads last month's statement and why a line is what it is, the terms in plain words, and chooses their mails."""
    page = await desk.window("billing")
    await page.goto("/portal/statements")
    await page.get_by_role("main").get_by_role("list").get_by_role("link").nth(1).click()
    why = page.get_by_text(names.WHY).first
    await why.click()
    await desk.look(page, "client-statement")
    await page.emulate_media(media="print")
    await desk.look(page, "client-statement-printed")
    await page.emulate_media(media="screen")
    await page.goto("/portal/questions")
    await expect(page.get_by_role("main")).to_contain_text("Written from the terms that bill you")
    await page.goto("/portal/account")
    await page.get_by_label(names.STATEMENTS_BY_MAIL).uncheck()
    await page.get_by_role("group").filter(has_text=names.STATEMENTS_BY_MAIL).locator("xpath=ancestor::form").get_by_role(
        "button", name=names.SAVE, exact=True).click()
    await said(page, "Saved.")
    await expect(page.get_by_label(names.STATEMENTS_BY_MAIL)).not_to_be_checked()
    await page.get_by_text(names.MAKE_TOKEN).click()
    await page.get_by_label(names.WHAT_FOR).fill("Our dashboard")
    tokens = page.locator("section", has=page.get_by_label(names.WHAT_FOR))
    await tokens.get_by_label(names.YOUR_PASSWORD).fill(people.first(desk.people, "billing").password)
    await button(page, names.MAKE_IT).click()
    await expect(page.get_by_role("main").locator("code").first).to_contain_text("msty_")
    await page.goto("/portal/account")
    await button(page, names.REVOKE).first.click()
    await said(page, "The token is revoked.")


JOBS = [
    signing_in, a_second_factor, a_timer, time_in_one_field, time_misspelt, triage, answering, asking_why, searching, inviting,
    importing, keys, a_client_asks, a_client_decides, a_client_reads, a_colleague_of_the_client, signing_out,
]


async def run(browser, start, table, report, shots, only, at_once):
    """Every job in every variant; each variant on a server of its own, for jobs change what they find."""
    expect.set_options(timeout=PATIENCE)
    gate = asyncio.Semaphore(at_once)

    async def work(variant):
        async with gate:
            server = await asyncio.to_thread(start)
            try:
                for job in JOBS:
                    if only is None or only == job.__name__:
                        await try_job(job, Desk(browser, server, table, variant, shots), report)
            finally:
                await asyncio.to_thread(server.stop)

    await asyncio.gather(*(work(variant) for variant in VARIANTS))


async def try_job(job, desk, report):
    place = f"job {job.__name__}"
    try:
        await job(desk)
    except Skip as reason:
        report.skip(f"{place} ({desk.variant.name})" if "JavaScript" in str(reason) else place, reason)
        return
    except Exception as error:
        if desk.server.is_running:
            await desk.keep(job.__name__)
        # What Playwright tried, and the page as it reads aloud, come after the first words.
        words = " ".join(str(error).split()).split(" Call log:")[0].split(" Aria snapshot:")[0]
        desk.findings.append(words[:300] if desk.server.is_running else "the server has stopped")
    finally:
        await desk.close()
    report.add(place, desk.variant.name, desk.findings)
