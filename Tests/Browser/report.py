"""What the checks found, and how it is told."""


class Report:
    """Counts what passed and failed, and tells every finding once, with where it was seen."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self._findings = {}
        self._skipped = []

    def add(self, place, variant, findings):
        """One test is over: at a place, in a variant of it, with what was wrong."""
        if findings:
            self.failed += 1
        else:
            self.passed += 1
        for finding in dict.fromkeys(findings):
            self._findings.setdefault(finding, {}).setdefault(place, []).append(variant)

    def skip(self, place, reason):
        """A test could not be made; never silently."""
        self._skipped.append(f"skipped: {place}: {reason}")

    def tell(self):
        """Prints a finding a line, then the counts. Returns the exit code."""
        for finding, places in self._findings.items():
            names = list(places)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            variants = ", ".join(v for v in dict.fromkeys(places[names[0]]) if v)
            print(f"{names[0]}{more}{f' ({variants})' if variants else ''}: {finding}")
        for line in dict.fromkeys(self._skipped):
            print(line)
        if self._skipped:
            print(f"{len(self._skipped)} skipped")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0
