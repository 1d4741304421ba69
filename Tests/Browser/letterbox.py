"""Mail that a server sends, kept in a folder."""

import email
import email.policy
import pathlib
import re
import time

SCRIPT = """#!/bin/sh
for last; do :; done
file=$(mktemp "{folder}/XXXXXXXX.part")
{{ echo "X-Given-To: $last"; cat; }} > "$file"
mv "$file" "$file.eml"
"""


def environment(folder):
    """What makes a server keep its mail there."""
    script = pathlib.Path(folder) / "send"
    script.write_text(SCRIPT.format(folder=folder))
    script.chmod(0o755)
    return {"MAINSTAY_MAIL_COMMAND": str(script), "MAINSTAY_MAIL_FROM": "desk@agency.example"}


class Letterbox:
    """The mails that came; each is read once."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)

    def taken(self, wanted=1, within=20):
        """As (address, subject, text), once there are so many, or after some seconds."""
        deadline = time.monotonic() + within
        found = []
        while len(found) < wanted and time.monotonic() < deadline:
            for path in sorted(self._folder.glob("*.eml")):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                text = message.get_body(("plain",)).get_content()
                found.append((message["X-Given-To"], message["Subject"], text))
                path.unlink()
            time.sleep(0.1)
        return found


def link(text):
    """The path of the one-time link in a mail; None where there is none."""
    match = re.search(r"/(?:links|addresses)/[0-9a-f]{64}", text)
    return match and match.group()
