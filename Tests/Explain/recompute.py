#!/usr/bin/env python3
"""Computes every figure of statements again, from `mainstay explain --format json` and nothing else.

    recompute.py FOLDER

FOLDER holds documents, one statement each, at any depth. Documents of one folder and client are held against each other
as well: what a month drew of a block is what a later one says that it drew. The form of the documents and the rules used
here are in docs/explain.md. Whole numbers only. What does not come out is printed, and the exit code is then 1.
"""

import calendar
import json
import sys
from collections import defaultdict, deque
from datetime import date
from pathlib import Path

FIGURES = ("worked", "charged", "courtesy", "waived", "not_charged", "withheld", "amount")


def half_up(numerator, denominator):
    """A quotient of numbers that are not negative, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


class Tally:
    """Counts figures, and keeps those that do not come out."""

    def __init__(self):
        self.figures = 0
        self.wrong = []

    def same(self, place, what, stated, computed):
        self.figures += 1
        if stated != computed:
            self.wrong.append(f"{place}: {what} is {stated}, computed {computed}")


# What is drawn (rules D1, D2)


def greedy(asks, openings):
    """In the order of work each line takes what is there; rounding that may cause no overage comes last."""
    left = dict(openings)
    taken = [defaultdict(int) for _ in asks]
    for is_last in (False, True):
        for ask, takes in zip(asks, taken):
            if ask["stands_back"] != is_last:
                continue
            needed = ask["seconds"]
            for grant in ask["grants"]:
                some = min(needed, left[grant])
                if some > 0:
                    takes[grant] += some
                    left[grant] -= some
                    needed -= some
    return taken


class Assignment:
    """Who draws how much of what, changed along chains: a line that gives way on one grant takes from another."""

    def __init__(self, asks, openings):
        self.asks = asks
        self.openings = openings
        self.used = {grant: 0 for grant in openings}
        self.taken = [defaultdict(int) for _ in asks]

    def move(self, line, source, target, seconds):
        if source is not None:
            self.taken[line][source] -= seconds
            self.used[source] -= seconds
        if target is not None:
            self.taken[line][target] += seconds
            self.used[target] += seconds

    def chain(self, start, is_end, lines):
        """The shortest chain of moves that frees seconds of a grant: [(line, from, to)], each from the grant before."""
        came = {start: None}
        queue = deque([start])
        while queue:
            grant = queue.popleft()
            if is_end(grant):
                steps = []
                while came[grant] is not None:
                    line, before = came[grant]
                    steps.append((line, before, grant))
                    grant = before
                return steps[::-1]
            for line in lines:
                if self.taken[line][grant] > 0:
                    for other in self.asks[line]["grants"]:
                        if other not in came:
                            came[other] = (line, grant)
                            queue.append(other)
        return None

    def cover(self):
        """Lines by rate, dearest first, then in the order of work: each has as much covered as can be."""
        everybody = range(len(self.asks))
        for line in sorted(everybody, key=lambda place: (-self.asks[place]["rate"], place)):
            needed = self.asks[line]["seconds"]
            for grant in self.asks[line]["grants"]:
                while needed > 0:
                    free = lambda some: self.used[some] < self.openings[some]
                    steps = self.chain(grant, free, everybody)
                    if steps is None:
                        break
                    end = steps[-1][2] if steps else grant
                    most = min([needed, self.openings[end] - self.used[end]] + [self.taken[who][a] for who, a, _ in steps])
                    for who, a, b in steps[::-1]:
                        self.move(who, a, b, most)
                    self.move(line, None, grant, most)
                    needed -= most

    def use_first(self, order):
        """Grants in their order: each gives as much as can be, given what those before it give."""
        done = set()
        for grant in order:
            while self.used[grant] < self.openings[grant]:
                steps = self.refill(grant, done)
                if steps is None:
                    break
                most = min([self.openings[grant] - self.used[grant]] + [self.taken[who][a] for who, a, _ in steps])
                for who, a, b in steps:
                    self.move(who, a, b, most)
            done.add(grant)

    def refill(self, start, done):
        """Moves that bring seconds to a grant from one whose turn has not come."""
        came = {start: None}
        queue = deque([start])
        while queue:
            grant = queue.popleft()
            if grant != start and grant not in done:
                steps = []
                while came[grant] is not None:
                    line, after = came[grant]
                    steps.append((line, grant, after))
                    grant = after
                return steps
            for line, ask in enumerate(self.asks):
                if grant in ask["grants"]:
                    for other in ask["grants"]:
                        if other not in came and self.taken[line][other] > 0:
                            came[other] = (line, grant)
                            queue.append(other)
        return None

    def settle(self, order):
        """In the order of work each line takes as much as can be from each grant in the order of grants, with what each
        line has covered and each grant gives as it is."""
        for line, ask in enumerate(self.asks):
            mine = sorted(ask["grants"], key=order.index)
            later = range(line + 1, len(self.asks))
            for place, grant in enumerate(mine):
                for other in mine[place + 1:]:
                    while self.taken[line][other] > 0:
                        # Somebody later has to give way on the grant, and to end on the other one.
                        steps = self.chain(grant, lambda some: some == other, later)
                        if not steps:
                            break
                        most = min([self.taken[line][other]] + [self.taken[who][a] for who, a, _ in steps])
                        for who, a, b in steps:
                            self.move(who, a, b, most)
                        self.move(line, other, grant, most)


def draw(order, asks, openings):
    """What each line draws of each grant."""
    if order != "best-for-client":
        return greedy(asks, openings)
    assignment = Assignment(asks, openings)
    assignment.cover()
    assignment.use_first(list(openings))
    assignment.settle(list(openings))
    return assignment.taken


# Amounts (rules P1, P3)


def shares(charged, rate, kept):
    """The amount of what is billed as one, and each line's share by largest remainder; lines that keep what was issued
    come first or last among those that may have one more."""
    amount = half_up(sum(charged) * rate, 3600)
    parts = [divmod(seconds * rate, 3600) for seconds in charged]
    amounts = [whole for whole, _ in parts]

    def wish(place):
        issued = kept[place] if kept else None
        return 0 if issued == amounts[place] + 1 else 2 if issued is not None and issued == amounts[place] else 1

    order = sorted((p for p, (_, rest) in enumerate(parts) if rest > 0), key=lambda p: (wish(p), -parts[p][1], p))
    result = list(amounts)
    for place in order[: max(0, amount - sum(amounts))]:
        result[place] += 1
    return amount, result


def figure(place, name, terms, tally, month, start=None):
    """A fee or hours: the share of the full figure, and what each upgrade added."""
    days_in_month = calendar.monthrange(month.year, month.month)[1]

    def share(part, number, first):
        if part is None:
            return number
        tally.same(place, f"{name}, days of the month", part["of"], days_in_month)
        if first is not None:
            tally.same(place, f"{name}, days left", part["days"], days_in_month - first.day + 1)
        steps = half_up(abs(number) * part["days"], part["of"] * terms["step"])
        return (-1 if number < 0 else 1) * steps * terms["step"]

    full = terms["full"]
    comes_to = share(terms.get("share"), full, start)
    tally.same(place, f"{name} of the first plan", terms["comes_to"], comes_to)
    plan = terms["plan"]
    for step in terms["upgrades"]:
        tally.same(place, f"{name}: plan before the upgrade of {step['on']}", (step["from"], step["before"]), (plan, full))
        added = share(step.get("share"), step["after"] - step["before"], date.fromisoformat(step["on"]))
        tally.same(place, f"{name} added by the upgrade of {step['on']}", step["added"], added)
        comes_to += added
        plan, full = step["to"], step["after"]
    return comes_to, plan


def price(place, reason, tally):
    """What a price comes to, by its terms."""
    if "issued" in reason:
        return reason["issued"]
    if "fee_terms" in reason:
        month = date.fromisoformat(reason["month"] + "-01")
        fee, _ = figure(place, "fee", reason["fee_terms"], tally, month)
        tally.same(place, "fee", reason["fee"], fee)
        return fee
    if "block" in reason:
        amount = half_up(reason["hours"] * reason["rate"], 3600)
        tally.same(place, "price", reason["price"], amount)
        return amount
    rate = half_up(reason["base_rate"] * reason.get("percent", 100), 100)
    tally.same(place, "rate", reason["rate"], rate)
    if "with" not in reason:
        amount = half_up(reason["charged"] * rate, 3600)
    else:
        whole = reason["with"]
        tally.same(place, "rate of all lines", whole["rate"], rate)
        tally.same(place, "hours among those of all lines", reason["charged"], whole["charged"][whole["share_of"]])
        together, amounts = shares(whole["charged"], rate, whole.get("kept"))
        tally.same(place, "amount of all lines", whole["amount"], together)
        amount = amounts[whole["share_of"]]
    tally.same(place, "amount", reason["amount"], amount)
    return amount


# One statement


class Statement:
    def __init__(self, path, document, tally):
        self.document = document
        self.tally = tally
        self.month = date.fromisoformat(document["first_day"])
        self.place = f"{path.parent.name}/{document['client']} {document['period']}"
        self.contracts = {contract["contract"]: contract for contract in document["contracts"]}
        self.lines = document["lines"]

    def same(self, what, stated, computed):
        self.tally.same(self.place, what, stated, computed)

    def check(self):
        document = self.document
        last = calendar.monthrange(self.month.year, self.month.month)[1]
        self.same("first day", document["first_day"], document["period"] + "-01")
        self.same("last day", document["last_day"], f"{document['period']}-{last:02}")
        # By the clock of the zone, which may change by some hours, and with the zone by a day.
        length = document["end"] - document["start"]
        self.same("length of the month", abs(length - last * 86_400) <= 26 * 3600, True)
        self.fees()
        self.openings()
        self.worked()
        self.set_aside()
        self.rounding()
        self.drawn()
        self.overage()
        self.rates()
        self.amounts()
        self.grants()
        self.adjustments()
        self.totals()

    def fees(self):
        self.fee = 0
        self.hours = {}
        for id, contract in self.contracts.items():
            start = date.fromisoformat(contract["from"])
            step = contract.get("increment", {"step": 60})["step"]
            self.same(f"{id}: steps of shared hours", contract["hours_terms"]["step"], step)
            self.same(f"{id}: steps of shared fees", contract["fee_terms"]["step"], 1)
            fee, plan = figure(self.place, f"{id} fee", contract["fee_terms"], self.tally, self.month, start)
            hours, other = figure(self.place, f"{id} hours", contract["hours_terms"], self.tally, self.month, start)
            self.same(f"{id} fee", contract["fee"], fee)
            self.same(f"{id} hours", contract["hours"], max(0, hours))
            self.same(f"{id} plan", (contract["plan"], contract["plan"]), (plan, other))
            self.fee += fee
            self.hours[id] = max(0, hours)
        self.blocks = 0
        for purchase in self.document["purchases"]:
            amount = half_up(purchase["hours"] * purchase["rate"], 3600)
            self.same(f"price of {purchase['block']}", purchase["price"], amount)
            self.blocks += amount

    def openings(self):
        self.opening = {}
        bought = {purchase["block"]: purchase["hours"] for purchase in self.document["purchases"]}
        for grant in self.document["grants"]:
            id = grant["grant"]
            if "hours_of" in grant:
                opening = self.hours[grant["hours_of"]]
            else:
                opening = grant["bought"] - sum(month["hours"] for month in grant["drawn_earlier"] + grant["held_later"])
                block = id.removeprefix("block:")
                if block in bought:
                    self.same(f"{id} bought", grant["bought"], bought[block])
            self.same(f"{id} opening", grant["opening"], opening)
            self.opening[id] = opening

    def worked(self):
        """The time of each part, courtesy, and what is never charged."""
        parts = defaultdict(dict)
        for line in self.lines:
            if line["kind"] == "work" and "part" in line:
                parts[line["entry"]][line["part"]] = line
        for line in self.lines:
            if line["kind"] == "rounding":
                for name in ("worked", "courtesy", "late_waived", "not_charged"):
                    self.same(f"{line['about']} {name}", line[name], 0)
                continue
            name = f"{line['about']} part {line.get('part', 1)}"
            if "entry_hours" in line:
                worked, before = line["entry_hours"], 0
                all_of_it = worked
            else:
                mine = parts[line["entry"]]
                before_me, after_me = mine.get(line["part"] - 1), mine.get(line["part"] + 1)
                if line["part"] == 1:
                    start = line["entry_start"]
                else:
                    start = before_me["end"] if before_me else self.document["start"]
                if line["part"] == line["parts"]:
                    end = line["entry_end"]
                else:
                    end = after_me["start"] if after_me else self.document["end"]
                self.same(f"{name} start", line["start"], start)
                self.same(f"{name} end", line["end"], end)
                worked, before = end - start, start - line["entry_start"]
                all_of_it = line["entry_end"] - line["entry_start"]
            self.same(f"{name} worked", line["worked"], worked)
            gifts = line.get("courtesies", [])
            given = all_of_it if "all" in gifts else min(all_of_it, sum(gifts))
            is_charged = line["coverage"] != "not-charged"
            courtesy = min(worked, max(0, given - before)) if is_charged else 0
            self.same(f"{name} courtesy", line["courtesy"], courtesy)
            self.same(f"{name} not charged", line["not_charged"], 0 if is_charged else worked)
            self.same(f"{name} rounding", line["rounding"], 0)
            met = [requirement["met"] for requirement in line["checklist"]]
            if line["coverage"] == "covered":
                self.same(f"{name}: all requirements are met", all(met), True)
            else:
                self.same(f"{name}: some requirement is not met", all(met), False)

    def set_aside(self):
        """Entries that do not count: all of them that lies in the month."""
        hours = defaultdict(int)
        for entry in self.document["set_aside"]:
            hours[entry["entry"]] += entry["hours"]
        for entry in self.document["set_aside"]:
            if "entry_hours" in entry:
                all_of_it = entry["entry_hours"]
            else:
                end = min(entry["entry_end"], self.document["end"])
                all_of_it = end - max(entry["entry_start"], self.document["start"])
            self.same(f"{entry['entry']} set aside", hours[entry["entry"]], all_of_it)

    def increment(self, line):
        if line["coverage"] == "covered":
            return self.contracts[line["contract"]].get("increment")
        return self.document.get("list_increment")

    def asked_before_weighting(self, line):
        return line["worked"] - line["courtesy"] - line["late_waived"] - line["not_charged"]

    def rounding(self):
        """What is rounded as one, what that adds, and what multipliers add to it all."""
        groups = {}
        for index, line in enumerate(self.lines):
            increment = self.increment(line)
            asked = self.asked_before_weighting(line)
            if line["kind"] == "rounding" or increment is None or asked <= 0:
                continue
            about = {
                "entry": line.get("entry"), "request-and-day": (line["request"], line["date"]),
                "request-and-period": line["request"],
            }[increment["per"]]
            key = (line.get("contract"), about)
            groups.setdefault(key, {"contract": line.get("contract"), "lines": [], "asked": 0, "increment": increment})
            groups[key]["lines"].append(index)
            groups[key]["asked"] += asked
        found = sorted(groups.values(), key=lambda group: group["lines"][-1])
        self.same("groups", len(self.document["groups"]), len(found))
        self.added = {}
        for number, (stated, group) in enumerate(zip(self.document["groups"], found)):
            name = f"rounding {stated['about']}"
            step, least = group["increment"]["step"], group["increment"]["minimum"]
            billed = max(-(-group["asked"] // step) * step, least)
            self.same(f"{name} contract", stated.get("contract"), group["contract"])
            self.same(f"{name} asked", stated["asked"], group["asked"])
            self.same(f"{name} increment", stated["increment"], group["increment"])
            self.same(f"{name} billed", stated["billed"], billed)
            self.same(f"{name} added", stated["added"], billed - group["asked"])
            last = group["lines"][-1]
            if billed > group["asked"]:
                group["lines"].append(last + 1)
                self.added[last + 1] = (billed - group["asked"], last)
            self.same(f"{name} lines", stated["lines"], group["lines"])
            for place in group["lines"]:
                if place < len(self.lines):
                    self.same(f"{name}: group of line {place}", self.lines[place].get("group"), number)
        self.asked = []
        for index, line in enumerate(self.lines):
            name = f"line {index}, {line['about']}"
            self.same(f"{name} is rounding", line["kind"] == "rounding", index in self.added)
            if index in self.added:
                asked, last = self.added[index]
                self.same(f"{name} rounding", line["rounding"], asked)
                for same in ("coverage", "contract", "may_draw_on", "multiplier", "base_rate", "clause"):
                    self.same(f"{name} {same}", line.get(same), self.lines[last].get(same))
            else:
                asked = self.asked_before_weighting(line)
            weighed = asked
            if line.get("multiplier", {}).get("weighs") == "hours":
                weighed = half_up(asked * line["multiplier"]["percent"], 100)
            self.same(f"{name} weighting", line["weighting"], weighed - asked)
            self.asked.append(weighed)

    def stands_back(self, line):
        return line["kind"] == "rounding" and not (self.increment(line) or {}).get("may_cause_overage", True)

    def rate(self, line):
        percent = line["multiplier"]["percent"] if line.get("multiplier", {}).get("weighs") == "price" else 100
        return half_up(line["base_rate"] * percent, 100)

    def drawn(self):
        """The draw-down itself."""
        asks = []
        for line, asked in zip(self.lines, self.asked):
            is_charged = line["coverage"] != "not-charged"
            asks.append({
                "seconds": asked if is_charged else 0, "grants": line["may_draw_on"],
                "rate": 0 if not is_charged or self.stands_back(line) else self.rate(line),
                "stands_back": self.stands_back(line),
            })
        self.taken = draw(self.document["draw_order"], asks, self.opening)
        for index, (line, taken) in enumerate(zip(self.lines, self.taken)):
            name = f"line {index}, {line['about']}"
            stated = {some["grant"]: some["hours"] for some in line["draws"]}
            self.same(f"{name} draws", stated, {grant: hours for grant, hours in taken.items() if hours > 0})
            self.same(f"{name} drawn", line["drawn"], sum(taken.values()))

    def overage(self):
        """Rounding that is waived, tolerance, consent: what is charged of what grants did not pay."""
        self.charged = [0] * len(self.lines)
        waived, withheld = [0] * len(self.lines), [0] * len(self.lines)
        over = defaultdict(list)
        for index, line in enumerate(self.lines):
            rest = self.asked[index] - sum(self.taken[index].values())
            is_forgiven = self.stands_back(line)
            self.same(f"line {index}, {line['about']} rounding waived", line["rounding_waived"], rest if is_forgiven else 0)
            if not is_forgiven:
                self.charged[index] = rest
            if line["coverage"] == "covered" and self.charged[index] > 0:
                over[line["contract"]].append(index)
        for id, contract in self.contracts.items():
            overage = sum(self.charged[index] for index in over[id])
            self.same(f"{id} overage", contract["overage"], overage)
            tolerance = contract.get("tolerance")
            if tolerance:
                margin = tolerance.get("hours")
                if margin is None:
                    self.same(f"{id} tolerance of", tolerance["of"], self.hours[id])
                    margin = tolerance["of"] * tolerance["percent"] // 100
                self.same(f"{id} margin", tolerance["margin"], margin)
                left = min(margin, overage)
                if overage > margin and tolerance["beyond"] == "all":
                    left = 0
                self.same(f"{id} waived", tolerance["waived"], left)
                for index in sorted(over[id], key=lambda place: (-self.rate(self.lines[place]), place)):
                    waived[index] = min(left, self.charged[index])
                    self.charged[index] -= waived[index]
                    left -= waived[index]
        permits = [dict(permit) for permit in self.document["permits"]]
        for permit in permits:
            name = f"permit for {permit['request']} until {permit['until']}"
            self.same(name, permit["left"], permit["agreed"] - permit["used_before"])
        used = defaultdict(int)
        for index, line in enumerate(self.lines):
            if line["coverage"] != "covered" or self.charged[index] == 0:
                continue
            consent = self.contracts[line["contract"]]["consent"]
            overage = self.charged[index]
            if consent["clause"] == "allow":
                allowed = overage
            elif consent["clause"] == "allow-up-to":
                allowed = max(0, min(overage, consent["agreed"] - used[line["contract"]]))
                used[line["contract"]] += allowed
            elif consent["clause"] == "stop":
                allowed = 0
            else:
                allowed = 0
                for permit in sorted(permits, key=lambda permit: permit["until"]):
                    if permit["request"] == line["request"] and line["date"] <= permit["until"]:
                        some = min(overage - allowed, permit["left"])
                        permit["left"] -= some
                        allowed += some
            self.charged[index] = allowed
            withheld[index] = overage - allowed
        for index, line in enumerate(self.lines):
            name = f"line {index}, {line['about']}"
            self.same(f"{name} within tolerance", line["within_tolerance"], waived[index])
            self.same(f"{name} withheld", line["withheld"], withheld[index])
            self.same(f"{name} charged", line["charged"], self.charged[index])
            # The law of the line, from what is stated.
            self.same(
                f"{name} worked + rounding + weighting", line["worked"] + line["rounding"] + line["weighting"],
                sum(line[part] for part in (
                    "drawn", "charged", "courtesy", "within_tolerance", "rounding_waived", "late_waived", "not_charged",
                    "withheld")))

    def rates(self):
        clauses = {}
        for index, line in enumerate(self.lines):
            if "rate" not in line:
                self.same(f"line {index} is not charged", line["coverage"], "not-charged")
                continue
            name = f"line {index}, {line['about']}"
            self.same(f"{name} rate", line["rate"], self.rate(line))
            # One clause has one rate.
            self.same(f"{name} base rate", line["base_rate"], clauses.setdefault(line["clause"], line["base_rate"]))

    def amounts(self):
        amounts = [0] * len(self.lines)
        for index, line in enumerate(self.lines):
            if "group" not in line and self.charged[index] > 0:
                amounts[index] = half_up(self.charged[index] * self.rate(line), 3600)
        for group in self.document["groups"]:
            rates = defaultdict(list)
            for place in group["lines"]:
                if self.charged[place] > 0:
                    rates[self.rate(self.lines[place])].append(place)
            name = f"group {group['about']}"
            self.same(f"{name} rates", [whole["rate"] for whole in group["prices"]], sorted(rates, reverse=True))
            for stated in group["prices"]:
                places = rates.get(stated["rate"], [])
                charged = [self.charged[place] for place in places]
                amount, parts = shares(charged, stated["rate"], stated.get("kept"))
                self.same(f"{name} lines at {stated['rate']}", stated["lines"], places)
                self.same(f"{name} charged at {stated['rate']}", stated["charged"], charged)
                self.same(f"{name} amount at {stated['rate']}", stated["amount"], amount)
                for place, part in zip(places, parts):
                    amounts[place] = part
        for index, line in enumerate(self.lines):
            self.same(f"line {index}, {line['about']} amount", line["amount"], amounts[index])
        self.work = sum(amounts)

    def grants(self):
        for grant in self.document["grants"]:
            id = grant["grant"]
            drawn = sum(taken.get(id, 0) for taken in self.taken)
            rest = self.opening[id] - drawn
            ends = max(grant["last_day"], grant["from"]) if "last_day" in grant else None
            lapses = ends is not None and ends <= self.document["last_day"]
            self.same(f"{id} drawn", grant["drawn"], drawn)
            self.same(f"{id} lapsed", grant["lapsed"], rest if lapses else 0)
            self.same(f"{id} left", grant["left"], 0 if lapses else rest)

    def adjustments(self):
        self.adjusted = 0
        for adjustment in self.document["adjustments"]:
            name = f"{self.place}, adjustment of {adjustment['period']} {adjustment['about']}"
            sums = {figure: 0 for figure in FIGURES}
            draws = defaultdict(int)
            last = None
            for cause in adjustment["causes"]:
                before = sum(self.price(name, reason, adjustment) for reason in cause["before"])
                after = sum(self.price(name, reason, adjustment) for reason in cause["after"])
                self.tally.same(name, f"amount of \"{cause['because']}\"", cause["amount"], after - before)
                if cause["before"] or cause["after"]:
                    if last is not None:
                        self.tally.same(name, f"amount before \"{cause['because']}\"", before, last)
                    last = after
                for figure in FIGURES:
                    sums[figure] += after - before if figure == "amount" else cause[figure]
                for some in cause["draws"]:
                    draws[some["grant"]] += some["hours"]
            for figure in FIGURES:
                self.tally.same(name, figure, adjustment[figure], sums[figure])
            stated = {some["grant"]: some["hours"] for some in adjustment["draws"]}
            self.tally.same(name, "draws", stated, {grant: hours for grant, hours in draws.items() if hours != 0})
            self.adjusted += sums["amount"]

    def price(self, name, reason, adjustment):
        return price(name, {**reason, "month": adjustment["period"]}, self.tally)

    def totals(self):
        names = {
            "worked": ["worked"], "rounding": ["rounding"], "weighting": ["weighting"], "drawn": ["drawn"],
            "charged": ["charged"], "courtesy": ["courtesy"],
            "waived": ["within_tolerance", "rounding_waived", "late_waived"], "not_charged": ["not_charged"],
            "withheld": ["withheld"],
        }
        for name, parts in names.items():
            total = sum(line[part] for line in self.lines for part in parts)
            self.same(f"total {name}", self.document["totals"][name], total)
        total = self.document["total"]
        self.same("fees", total["fees"], self.fee)
        self.same("blocks", total["blocks"], self.blocks)
        self.same("work", total["work"], self.work)
        self.same("adjustments", total["adjustments"], self.adjusted)
        amount = self.fee + self.blocks + self.work + self.adjusted
        self.same("total", total["amount"], amount)
        self.same("billed", self.document["billed"], amount)


def together(statements, tally):
    """Statements of one client against each other: what months drew of blocks, and what was adjusted of them."""
    for period, statement in statements.items():
        document = statement.document
        for grant in document["grants"]:
            for month in grant.get("drawn_earlier", []):
                earlier = statements.get(month["period"])
                if earlier is None:
                    continue
                drawn = sum(taken.get(grant["grant"], 0) for taken in earlier.taken)
                for later in earlier.document.get("adjusted_since", []):
                    if later["shown_on"] <= period:
                        drawn += sum(some["hours"] for some in later["draws"] if some["grant"] == grant["grant"])
                tally.same(statement.place, f"{grant['grant']} drawn in {month['period']}", month["hours"], drawn)
        for later in document.get("adjusted_since", []):
            shown = statements.get(later["shown_on"])
            if shown is None:
                continue
            same = [
                adjustment for adjustment in shown.document["adjustments"]
                if (adjustment["period"], adjustment["about"]) == (period, later["about"])
            ]
            for figure in FIGURES:
                tally.same(
                    statement.place, f"{later['about']} {figure} adjusted on {later['shown_on']}", later[figure],
                    same[0][figure] if same else 0)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: recompute.py FOLDER")
    tally = Tally()
    clients = defaultdict(dict)
    count = 0
    for path in sorted(Path(sys.argv[1]).rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("mainstay_explanation") != 1:
            tally.wrong.append(f"{path}: no explanation of form 1")
            continue
        count += 1
        statement = Statement(path, document, tally)
        try:
            statement.check()
        except (KeyError, IndexError, TypeError, ValueError) as error:
            tally.wrong.append(f"{statement.place}: a term is missing or no such thing: {error!r}")
            continue
        clients[(path.parent, document["client"])][document["period"]] = statement
    for statements in clients.values():
        together(statements, tally)
    for line in tally.wrong[:100]:
        print(line)
    print(f"{count} statements recomputed, {tally.figures} figures, {len(tally.wrong)} wrong")
    sys.exit(1 if tally.wrong or count == 0 else 0)


if __name__ == "__main__":
    main()
