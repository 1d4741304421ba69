"""What somebody does who gets at the files: opens those that were left open, changes rows past the program, cuts or forges a
backup, kills the program at work. Against the running program and the SQLite file that it made."""

import os
import pathlib
import shutil
import sqlite3
import stat
import subprocess
import tempfile

import people


def tried(program, start):
    """Makes a database by a server, and tries everything on copies of it. Gives the findings."""
    findings = []
    with tempfile.TemporaryDirectory(prefix="mainstay-records-") as folder:
        os.chmod(folder, 0o755)
        desk = Desk(program, pathlib.Path(folder), findings)
        before = os.umask(0)
        try:
            owner = desk.fill(start)
        finally:
            os.umask(before)
        desk.files_are_private()
        desk.whole_is_whole(owner)
        for attack in ATTACKS:
            desk.named(owner, *attack)
        desk.remade_chain(owner)
        desk.killed_backup(owner)
    return findings


class Desk:
    """A database, what a server noted of it elsewhere, and the program to check it with."""

    def __init__(self, program, folder, findings):
        self._program, self._folder, self._findings = program, folder, findings
        self._database, self._anchors = folder / "desk.sqlite", folder / "anchors.txt"

    def expect(self, is_right, finding):
        if not is_right:
            self._findings.append(finding)

    def fill(self, start):
        """A server makes the example's data and notes how far it goes; an owner makes a token beside it."""
        with start(database=f"sqlite:{self._database}", anchors=str(self._anchors)) as server:
            owner = people.first(server.people, "owner").id
            made = self.run(owner, "token", "make", "reports", "--scope", "read")
            self.expect(made.returncode == 0, f"a token beside the server: {made.stderr}")
        return owner

    def run(self, user, *words, database=None, before=()):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "MAINSTAY_USER": user}
        environment["MAINSTAY_DATABASE"] = f"sqlite:{database or self._database}"
        return subprocess.run(
            [*before, self._program, *words], env=environment, capture_output=True, text=True, timeout=300)

    def files_are_private(self):
        for path in self._folder.iterdir():
            mode = stat.S_IMODE(path.stat().st_mode)
            self.expect(mode & 0o077 == 0, f"{path.name} is open to others: {mode:o}")
        self._database.chmod(0o644)

    def whole_is_whole(self, owner):
        said = self.run(owner, "verify", "--anchors", str(self._anchors))
        self.expect(said.returncode == 0 and said.stdout.endswith("Whole.\n"), f"verify of a whole database: {said.stderr}")
        self.expect("was open to others" in said.stderr, "a database that was left open is closed without a word")
        self.expect(stat.S_IMODE(self._database.stat().st_mode) == 0o600, "a database that was left open stays open")
        self.expect(self._anchors.read_text().count("\n") >= 1, "the server noted no anchor")

    def changed(self, *statements):
        """A copy with statements run on it past the triggers."""
        copy = self._folder / "copy.sqlite"
        for old in self._folder.glob("copy.sqlite*"):
            old.unlink()
        shutil.copy(self._database, copy)
        with sqlite3.connect(copy, isolation_level=None) as connection:
            for trigger in ("fact_stays", "fact_remains", "audit_stays", "audit_remains"):
                connection.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return copy

    def named(self, owner, what, statement, words):
        """verify names what was done by hand, and a backup of it is not restored."""
        copy = self.changed(statement)
        said = self.run(owner, "verify", database=copy)
        self.expect(said.returncode == 1 and words in said.stderr, f"{what}: verify says {said.stderr or said.stdout!r}")
        backup = self._folder / "copy.jsonl"
        made = self.run(owner, "backup", str(backup), database=copy)
        if made.returncode == 0:
            restored = self.run(owner, "restore", str(backup), "--verify")
            self.expect(restored.returncode == 1 and words in restored.stderr, f"{what}: restore says {restored.stderr!r}")
            backup.unlink()

    def remade_chain(self, owner):
        """Records that were cut off at both ends of the trail: only what was kept elsewhere tells."""
        copy = self.changed(
            "DELETE FROM fact WHERE seq >= (SELECT MIN(first_seq) FROM audit WHERE id > (SELECT MAX(id) FROM audit) - 40)",
            "DELETE FROM audit WHERE id > (SELECT MAX(id) FROM audit) - 40")
        said = self.run(owner, "verify", "--anchors", str(self._anchors), database=copy)
        self.expect(
            said.returncode == 1 and "the last were deleted" in said.stderr, f"a chain that was cut: verify says {said.stderr!r}")

    def killed_backup(self, owner):
        """A backup that is killed before it has its name leaves no file of that name, and nothing once another is made."""
        target = self._folder / "backup.jsonl"
        calls = "rename,renameat,renameat2"
        kill = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL"]
        killed = self.run(owner, "backup", str(target), before=kill)
        self.expect(killed.returncode != 0 and not target.exists(), "a killed backup has its name")
        left = list(self._folder.glob(".mainstay-work-*"))
        self.expect(len(left) == 1, "a killed backup leaves no work folder: was it killed?")
        for path in left:
            self.expect(stat.S_IMODE(path.stat().st_mode) == 0o700, "the work folder is open to others")
        made = self.run(owner, "backup", str(target))
        self.expect(made.returncode == 0, f"the backup after it: {made.stderr}")
        self.expect(not list(self._folder.glob(".mainstay-work-*")), "what a killed backup left is still there")


ATTACKS = [
    ("the last fact is deleted", "DELETE FROM fact WHERE seq = (SELECT MAX(seq) FROM fact)", "is missing: by the audit trail"),
    (
        "the last line that recorded something is deleted, and what followed",
        "DELETE FROM audit WHERE id >= (SELECT MAX(id) FROM audit WHERE first_seq IS NOT NULL)",
        "is in no line of the audit trail",
    ),
    (
        "words are taken away", "UPDATE fact SET words = NULL, salt = NULL WHERE kind = 'message'",
        "are gone, and nobody erased them",
    ),
    (
        "a token is put there",
        "INSERT INTO api_token (token_hash, id, owner, name, scopes, created_at, expires_at) "
        "SELECT randomblob(32), 't-AAAAAAAAAAAAAAAA', owner, name, 'admin', created_at, expires_at FROM api_token LIMIT 1",
        "the token t-AAAAAAAAAAAAAAAA",
    ),
    ("a token is given more", "UPDATE api_token SET scopes = 'admin'", "is not as anybody made it"),
    (
        "a webhook is put there",
        "INSERT INTO webhook (id, url, kinds, secret, created_by, created_at) "
        "SELECT 'wh-99', 'https://eve.example/', '', 'whsec_AAAA', actor, at FROM audit WHERE id = 1",
        "the webhook wh-99 to https://eve.example/",
    ),
    (
        "an account is put there",
        "INSERT INTO account (user_id, email, totp_step, single_keys) VALUES ('eve', 'eve@eve.example', 0, 1)",
        "the account of eve",
    ),
]
