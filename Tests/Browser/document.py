"""What is checked in the document itself, without a browser."""

import collections
import gzip
import urllib.parse
import urllib.request

import html5lib
from html5lib.constants import E as MESSAGES

PAGE_BUDGET = 60 * 1024
FILES_BUDGET = 25 * 1024


class Document:
    """A page as it came."""

    def __init__(self, content):
        self._content = content
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self._root = parser.parse(content, transport_encoding="utf-8")
        self._errors = parser.errors

    def findings(self):
        """What is wrong with it."""
        found = [f"is no strict HTML: line {at[0]}: {MESSAGES[code] % data}" for at, code, data in self._errors[:5]]
        if len(self._content) > PAGE_BUDGET:
            found.append(f"has {len(self._content)} bytes of HTML; {PAGE_BUDGET} is the limit")
        ids = collections.Counter(element.get("id") for element in self._root.iter() if element.get("id") is not None)
        found += [f"has the id {id} {count} times" for id, count in ids.items() if count > 1]
        if self._root.get("lang") is None:
            found.append("has no lang")
        if not (self._root.findtext("head/title") or "").strip():
            found.append("has no title")
        for tag, count in (("h1", 1), ("main", 1)):
            there = len(self._root.findall(f".//{tag}"))
            if there != count:
                found.append(f"has {there} {tag}, not {count}")
        if self._root.find(".//header") is None:
            found.append("has no header")
        return found

    def files(self, url):
        """The addresses of its style sheets and scripts."""
        styles = [e.get("href") for e in self._root.findall(".//link[@rel='stylesheet']")]
        scripts = [e.get("src") for e in self._root.findall(".//script") if e.get("src")]
        return [urllib.parse.urljoin(url, path) for path in styles + scripts]


class Files:
    """The style sheets and scripts of pages, and what they weigh on the way."""

    def __init__(self):
        self._weights = {}

    def findings(self, addresses):
        for address in addresses:
            if address not in self._weights:
                with urllib.request.urlopen(address, timeout=10) as answer:
                    self._weights[address] = len(gzip.compress(answer.read()))
        weight = sum(self._weights[address] for address in addresses)
        return [f"has {weight} bytes of CSS and JS, compressed; {FILES_BUDGET} is the limit"] if weight > FILES_BUDGET else []
