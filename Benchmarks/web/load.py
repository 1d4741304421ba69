"""Load by wrk, and what came of it."""

import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass

# Waits before each request for a random time whose mean makes so many a second, however long the answers take.
PACE = """
math.randomseed(os.time())
local mean = %f
function delay() return math.floor(-mean * math.log(1 - math.random()) + 0.5) end
"""
PACED_CONNECTIONS = 64


@dataclass(frozen=True)
class Measure:
    """What wrk says."""

    per_second: float
    p50: float
    p99: float


def full(url, header, seconds):
    """Eight connections that ask again as soon as they are answered."""
    return measure(url, header, seconds, 8, [])


def at_rate(url, header, seconds, rate):
    """So many requests a second, on average, from 64 connections at random times: people who do not wait for each other."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "pace.lua"
        script.write_text(PACE % (1000 * PACED_CONNECTIONS / rate))
        return measure(url, header, seconds, PACED_CONNECTIONS, ["-s", str(script)])


def measure(url, header, seconds, connections, more):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", header, *more, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url}:\n{said}")
    return Measure(
        float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)), milliseconds(said, "50%"), milliseconds(said, "99%"))


def milliseconds(said, percentile):
    number, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", said).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
