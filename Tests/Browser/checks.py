"""What is checked in the browser. Each check gives its findings as texts; none stops at the first."""

import importlib.util
import pathlib
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
IN_PAGE = (HERE / "in_page.js").read_text()
# Only the file is used: the package around it is for another way of calling.
AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).with_name("axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Watch:
    """Listens to a page from before it loads: errors, what is refused, what is asked of others, what fails to load.

    Pages may answer with `expected`; with anything where it is None.
    """

    def __init__(self, page, url, expected=200):
        self.findings = []
        self._origin = urllib.parse.urlsplit(url)[:2]
        self._expected = expected
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.findings.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message):
        # The browser says of every answer over 400 that it failed to load; `_response` judges those.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.findings.append(f"console {message.type}: {message.text}")

    def _request(self, request):
        if urllib.parse.urlsplit(request.url)[:2] != self._origin and not request.url.startswith("data:"):
            self.findings.append(f"asks another origin: {request.url}")

    def _response(self, response):
        is_expected = response.request.is_navigation_request() and self._expected in (None, response.status)
        if response.status >= 400 and not is_expected:
            self.findings.append(f"{urllib.parse.urlsplit(response.url).path} answers {response.status}")

    def _failed(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):
            self.findings.append(f"{urllib.parse.urlsplit(request.url).path} fails to load: {request.failure}")


async def in_page(page, function):
    """Calls one of the functions of in_page.js, which stay in the page from the first call on."""
    await page.evaluate(f"window.mainstayChecks ??= {IN_PAGE}")
    return await page.evaluate(f"window.mainstayChecks.{function}()")


async def overflow(page):
    """Nothing scrolls sideways."""
    return await in_page(page, "overflow")


async def axe(page):
    """axe finds nothing, best practice included."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    violations = await page.evaluate(
        """async (tags) => (await axe.run(document, {
            runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'],
        })).violations.map((v) => [v.id, v.help, v.nodes.map((n) => n.target.join(' ')),
            (v.nodes[0].any[0] || v.nodes[0].all[0] || v.nodes[0].none[0] || {}).message || ''])""",
        AXE_TAGS)
    return [
        f"axe {id}: {help}: {targets[0]}{f' and {len(targets) - 1} more' if len(targets) > 1 else ''} ({message})"
        for id, help, targets, message in violations
    ]


async def keyboard(page):
    """Tab reaches every control, in the order of the document, and one sees where one is."""
    names = await in_page(page, "stops")
    found, order, seen, previous = [], [], set(), None
    # A date has a stop for each of its parts.
    for _ in range(4 * len(names) + 20):
        await page.keyboard.press("Tab")
        focus = await in_page(page, "focus")
        place = focus and focus["index"]
        if place is None or place == previous:
            previous = place
            continue
        if place in seen:
            break
        previous = place
        seen.add(place)
        if not focus["isSeen"]:
            found.append(f"shows no focus on {focus['name']}")
        if not focus["isInFront"]:
            found.append(f"has something before {focus['name']} when it has the focus")
        if place >= 0:
            order.append(place)
    found += [f"is not reached by Tab: {names[index]}" for index in range(len(names)) if index not in set(order)]
    # Where the browser began does not matter, only the order from there.
    if order:
        start = order.index(min(order))
        order = order[start:] + order[:start]
    found += [
        f"is out of the order of Tab: {names[index]}" for before, index in zip(order, order[1:]) if index < before
    ]
    return found


async def enlarged(page):
    """With text at 200 %, as people set it in their browser, nothing is cut off and nothing scrolls sideways."""
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    await session.detach()
    found = await in_page(page, "overflow") + await in_page(page, "clipped")
    return [f"with text at 200 %: {text}" for text in found]


async def still(page):
    """Where a person asked for less motion, nothing moves."""
    await page.emulate_media(reduced_motion="reduce")
    return [f"with reduced motion: {text}" for text in await in_page(page, "moving")]
