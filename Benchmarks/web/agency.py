"""An agency's facts: clients with their contracts and requests, and so many months of time up to today."""

import datetime
import json
import random

WORK_TYPES = ["research", "troubleshooting", "module-installation", "custom-development", "content", "training"]
PLANS = ["care-2", "care-5", "care-10", "care-20"]
PEOPLE = ["ada", "ben", "chi", "dee", "eli", "fay"]
NOTES = ["Found the wrong path", "Replaced the address module", "Checked the labels", "Theme: product page", "Logs rotated"]


def month_back(day, months):
    """The first day of the month so many months before a day's."""
    index = day.year * 12 + day.month - 1 - months
    return datetime.date(index // 12, index % 12 + 1, 1)


def write(path, clients, entries, years, months_of_time, today):
    """Writes facts as JSON Lines; the same arguments give the same bytes.

    The clients are as old in every case; time is there for the last `months_of_time` months, as dense as `entries` over all
    years are, so that the current month is the same whatever came before it.
    """
    choose = random.Random(1)
    first = month_back(today, years * 12 - 1)
    per_month = entries / (clients * years * 12)
    written = 0
    with open(path, "w") as file:

        def fact(kind, day, hour=9, **fields):
            file.write(json.dumps({"fact": kind, "recorded_at": f"{day}T{hour:02}:00:00Z", **fields}) + "\n")

        file.write('{"mainstay_facts":1}\n')
        for client in range(clients):
            id = f"c{client:03}"
            fact("client", first, id=id, name=f"Client {client:03}", zone="America/New_York", currency="USD")
            fact("contract", first, 10, id=f"{id}-web", client=id, service_line="website-maintenance",
                 plan=choose.choice(PLANS), **{"from": str(first)})
            for number in range(5):
                fact("request", first, 11, id=f"{id}-r{number}", client=id, service_line="website-maintenance",
                     title=f"Request {number} of client {client:03}")
        for back in reversed(range(months_of_time)):
            # Every month its own numbers: the last is the same with and without those before it.
            choose = random.Random(back + 2)
            start = month_back(today, back)
            days = (today - start).days if back == 0 else 28
            share = 1 if back else max(1, days) / 30
            for client in range(clients):
                for number in range(round(per_month * share)):
                    day = start + datetime.timedelta(days=choose.randrange(max(1, days)))
                    minutes = choose.choice([5, 10, 15, 20, 30, 45, 60])
                    fact("time", day, 23, id=f"e-{start:%Y%m}-{client:03}-{number}", request=f"c{client:03}-r{choose.randrange(5)}",
                         person=choose.choice(PEOPLE), work_type=choose.choice(WORK_TYPES), date=str(day),
                         hours=f"{minutes // 60}:{minutes % 60:02}", note=choose.choice(NOTES))
                    written += 1
    return written
