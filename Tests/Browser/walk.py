"""Every page as its visitors may see it: narrow and wide, light and dark, with and without JavaScript."""

import asyncio
from dataclasses import dataclass

import checks
import people
from document import Document, Files
from manifest import Route


@dataclass(frozen=True)
class Variant:
    """One way of seeing a page."""

    width: int
    scheme: str
    has_javascript: bool

    @property
    def name(self):
        return f"{self.width} {self.scheme}{'' if self.has_javascript else ' without JavaScript'}"

    @property
    def file(self):
        return f"{self.width}-{self.scheme}{'' if self.has_javascript else '-nojs'}"


# With JavaScript first: a picture without it is kept only where it differs.
VARIANTS = [Variant(width, scheme, js) for width in (1280, 320) for scheme in ("light", "dark") for js in (True, False)]
HEIGHT = {1280: 900, 320: 640}
# What is checked where, so that all is looked at once and nothing twice.
AXE = {(1280, "light"), (1280, "dark"), (320, "light")}
OPENED = {(1280, "dark"), (320, "light")}
KEYBOARD = {(1280, "light"), (320, "light")}

# A page that is not there is a page too.
MISSING = Route("GET", "/no-such-page", "anyone", True, "/no-such-page")


class Walk:
    """All pages of one server, by a few workers that share a browser."""

    def __init__(self, browser, server, report, shots, workers):
        self._browser = browser
        self._server = server
        self._report = report
        self._shots = shots
        self._workers = workers
        self._files = Files()
        self._contexts = {}

    async def run(self, routes, only):
        states = {"anyone": None}
        for side, role in (("staff", "owner"), ("client", "billing")):
            person = people.first(self._server.people, role)
            states[side] = await people.storage_state(self._browser, self._server.url, person)
        for variant in VARIANTS:
            for side, state in states.items():
                self._contexts[variant, side] = await self._browser.new_context(
                    viewport={"width": variant.width, "height": HEIGHT[variant.width]}, color_scheme=variant.scheme,
                    java_script_enabled=variant.has_javascript, storage_state=state)
        waiting = asyncio.Queue()
        for route in [*routes, MISSING]:
            if route.method != "GET" or not (only is None or only in (route.path, route.sample)):
                continue
            if route.sample is None:
                self._report.skip(route.path, "no link of the example data leads there")
            elif route.is_page:
                waiting.put_nowait(route)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work(waiting))

    async def _work(self, waiting):
        while not waiting.empty():
            route = waiting.get_nowait()
            pictures = {}
            for variant in VARIANTS:
                try:
                    findings = await self._look(route, variant, pictures)
                except Exception as error:
                    findings = [f"cannot be checked: {' '.join(str(error).split())[:300]}"]
                self._report.add(route.path, variant.name, findings)

    async def _look(self, route, variant, pictures):
        page = await self._contexts[variant, route.side].new_page()
        try:
            address = self._server.url + route.sample
            expected = 404 if route is MISSING else 200
            watch = checks.Watch(page, self._server.url, expected)
            answer = await page.goto(address, wait_until="load")
            findings = [] if answer.status == expected else [f"answers {answer.status}"]
            here = (variant.width, variant.scheme)
            findings += await checks.overflow(page)
            await self._picture(page, route, variant, pictures)
            if variant.has_javascript:
                findings += await self._with_javascript(page, route, here)
            elif here == (1280, "light"):
                document = Document(await answer.body())
                findings += document.findings() + self._files.findings(document.files(address))
            return findings + watch.findings
        finally:
            await page.close()

    async def _with_javascript(self, page, route, here):
        findings = []
        if here in OPENED and await checks.in_page(page, "open"):
            findings += await checks.overflow(page)
        if here in AXE:
            findings += await checks.axe(page)
        if here in KEYBOARD:
            findings += await checks.keyboard(page)
        if here == (1280, "light"):
            findings += await checks.still(page)
            await self._other_media(page, route)
            findings += await checks.enlarged(page)
        return findings

    async def _picture(self, page, route, variant, pictures):
        if variant.has_javascript:
            path = self._shots / f"{route.name}-{variant.file}.png"
            pictures[variant.width, variant.scheme] = await page.screenshot(path=path, full_page=True)
        else:
            plain = await page.screenshot(full_page=True)
            if plain != pictures.get((variant.width, variant.scheme)):
                (self._shots / f"{route.name}-{variant.file}.png").write_bytes(plain)

    async def _other_media(self, page, route):
        """On paper, and with the colours of the person."""
        await page.emulate_media(media="print")
        await page.screenshot(path=self._shots / f"{route.name}-print.png", full_page=True)
        await page.emulate_media(media="screen", forced_colors="active")
        await page.screenshot(path=self._shots / f"{route.name}-forced-colors.png", full_page=True)
        await page.emulate_media(forced_colors="none")
