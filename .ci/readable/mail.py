#!/usr/bin/env python3
"""Checks frozen mails and takes their HTML out, for the judges of HTML.

Usage: mail.py [--html-only] FOLDER MAIL...   writes FOLDER/<mail>.html; exits 1 with every fault found.
SpamAssassin judges by its local rules alone: nothing is asked of the network, so the same mail has the same score.
"""

import email
import email.policy
import email.utils
import pathlib
import re
import subprocess
import sys

HIGHEST_SCORE = 1.0
HTML_BYTES = 80_000
# Frozen with the bytes, or for those who answer mail by machine.
HEADERS = {
    "Date": lambda text: email.utils.parsedate_to_datetime(text) is not None,
    "Message-ID": lambda text: re.fullmatch(r"<[0-9a-f]{32}@[^<>@\s]+>", text),
    "Auto-Submitted": lambda text: text == "auto-generated",
    "X-Auto-Response-Suppress": lambda text: text == "All",
    "List-Id": lambda text: re.fullmatch(r"<[^<>@\s]+>", text),
    "From": bool,
    "To": bool,
    "Subject": bool,
    "MIME-Version": lambda text: text == "1.0",
}
SHAPE = ["text/plain", "text/html"]


def take_html_out(path, folder):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    html = mail.get_body(("html",)).get_content()
    (folder / f"{path.stem}.html").write_text(html)
    return html


def faults_of(path, html):
    raw = path.read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for name, good in HEADERS.items():
        found = mail.get_all(name, [])
        if len(found) != 1 or not good(str(found[0])):
            yield f"{name} is {[str(text) for text in found]}"
    if mail.get_content_type() != "multipart/mixed":
        yield f"is {mail.get_content_type()}, not multipart/mixed"
    first = next(mail.iter_parts())
    alternatives = [part.get_content_type() for part in first.iter_parts()]
    if first.get_content_type() != "multipart/alternative" or alternatives != SHAPE:
        yield f"begins with {first.get_content_type()} of {alternatives}, not alternatives {SHAPE}"
    if not list(mail.iter_attachments()):
        yield "has no attachment"
    if any(byte > 126 for byte in raw) or b"\n" in raw.replace(b"\r\n", b""):
        yield "is not ASCII with CRLF throughout"
    if len(html.encode()) >= HTML_BYTES:
        yield f"its HTML has {len(html.encode())} bytes"
    judged = subprocess.run(["spamassassin", "--local", "--nocreate-prefs"], input=raw, capture_output=True, check=True)
    # The original stands in front of what is attached to a spam's report: only the first headers count.
    status = email.message_from_bytes(judged.stdout, policy=email.policy.default)["X-Spam-Status"]
    found = re.search(r"score=(-?[\d.]+)", status or "")
    if not found:
        yield f"SpamAssassin gave no score: {status}"
    elif float(found[1]) > HIGHEST_SCORE:
        yield f"SpamAssassin: {status}"
    print(f"{path.name}: score {found[1] if found else '?'}, {len(html.encode())} bytes of HTML, {len(raw)} in all")


words = sys.argv[1:]
html_only = words[0] == "--html-only"
folder, *mails = map(pathlib.Path, words[html_only:])
faults = []
for path in mails:
    html = take_html_out(path, folder)
    if not html_only:
        faults += [f"{path}: {fault}" for fault in faults_of(path, html)]
if faults:
    sys.exit("\n".join(faults))
