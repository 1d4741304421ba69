"""Time logged at a server by its API, with the same commands and the same words as at a database."""

import os
import re
import subprocess

from server import free_port


class Shell:
    """The program, as somebody on another machine has it."""

    def __init__(self, program, **environment):
        self.program = program
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("MAINSTAY_")}
        self.environment.update(HOME="/nonexistent", **environment)

    def __call__(self, *words):
        run = subprocess.run([self.program, *words], capture_output=True, text=True, env=self.environment, timeout=60)
        return run.returncode, run.stdout, run.stderr


def plain(text):
    """Without what differs from one entry to the next: ids, and what is left."""
    return re.sub(r"\b([er])-\d+\b", r"\1-N", re.sub(r"\d+:\d\d of ", "H of ", text))


def check(program, url, token, database, request):
    """Each command at the server says what it says at the database; nothing is done twice, and nothing is lost silently."""
    there = Shell(program, MAINSTAY_SERVER=url, MAINSTAY_TOKEN=token)
    here = Shell(program, MAINSTAY_DATABASE=database, MAINSTAY_USER="ada")
    faults = []

    def expect(what, is_right, found=""):
        if not is_right:
            faults.append(f"{what}: {found}")

    def both(*words):
        """The same words at the server and at the database."""
        far, near = there(*words), here(*words)
        expect(" ".join(words), far[0] == near[0] and plain(far[1]) == plain(near[1]) and (far[0] == 0) == bool(far[1]),
               f"{far}\n  {near}")
        return far

    code, said, _ = there("time", "add", request, "20m", "--type", "research", "--on", "yesterday", "--note", "Read", "--key", "r1")
    expect("time add", code == 0 and "0:20 on " in said and request in said, said)
    expect("the same under its key", there("time", "add", request, "20m", "--type", "research", "--on", "yesterday", "--note", "Read",
                                           "--key", "r1")[1] == said)
    entry = said.partition(":")[0]
    both("time", "add", request, "0:05", "--type", "research", "--on", "monday", "--at", "9:00")
    both("time", "log", request, "5m", "research:", "checked", "it")
    for words in [("correct", entry, "--hours", "0:25", "--reason", "Longer"), ("courtesy", entry, "--hours", "0:05", "--reason", "Ours"),
                  ("void", entry, "--reason", "Twice")]:
        code, said, wrong = there("time", *words)
        expect(" ".join(words), code == 0 and entry in said, said + wrong)
    both("time", "void", entry, "--reason", "Again")
    both("time", "add", "r-999999", "5m", "--type", "research")
    code, said, wrong = there("time", "add", request, "5m", "--type", "reserch")
    expect("a wrong word", code == 1 and "research" in wrong, wrong)
    both("timer", "show")
    code, said, wrong = there("timer", "start", request, "--type", "research")
    expect("timer start", code == 0 and request in said, said + wrong)
    expect("timer show", request in there("timer", "show")[1], there("timer", "show"))
    expect("one timer", there("timer", "start", request, "--type", "research")[0] == 1)
    code, said, wrong = there("timer", "stop", "--note", "Done")
    expect("timer stop", code == 0 and request in said, said + wrong)

    # What keeps a command from its server.
    for what, shell, word in [
        ("no token", Shell(program, MAINSTAY_SERVER=url), "mainstay token make"),
        ("a wrong token", Shell(program, MAINSTAY_SERVER=url, MAINSTAY_TOKEN="msty_wrong"), "MAINSTAY_TOKEN"),
        ("plain HTTP", Shell(program, MAINSTAY_SERVER="http://desk.example", MAINSTAY_TOKEN=token), "https://desk.example"),
        ("no address", Shell(program, MAINSTAY_SERVER="desk", MAINSTAY_TOKEN=token), "https://"),
        ("nobody there", Shell(program, MAINSTAY_SERVER=f"http://127.0.0.1:{free_port()}", MAINSTAY_TOKEN=token), "--key"),
    ]:
        code, said, wrong = shell("time", "log", request, "5m", "research")
        expect(what, code == 1 and word in wrong and token not in wrong and not said, wrong)
    code, said, wrong = Shell(program, MAINSTAY_SERVER=url, MAINSTAY_TOKEN=token)("timer", "show", "--database", database, "--user", "ada")
    expect("a database that is named is meant", code == 0, wrong)
    for fault in faults:
        print(f"remote: {fault}")
    print(f"remote time: {'as at the database' if not faults else 'not as it should be'}")
    return not faults
