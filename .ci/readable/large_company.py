#!/usr/bin/env python3
"""Writes a company of 5,600 lines, of which 403 call every business day and 5,197 never did: a night of a few seconds
whose admins' page is as long as a page gets. Usage: large_company.py FOLDER"""

import csv
import datetime as dt
import pathlib
import sys

LINES, CALLING = 5_600, 403
LAST_DAY, DAYS = dt.date(2026, 10, 16), 130
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)


def write(name, head, rows):
    with open(folder / name, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(head)
        out.writerows(rows)


numbers = range(20_000, 20_000 + LINES)
write(
    "lines.csv",
    "account_id extension user_id login_name email first_name last_name status kind tier term seat_since".split(),
    (["1001", n, f"u{n}", f"u{n}", f"u{n}@example.test", "Person", f"No {n}", "active", "person", "premium", "monthly", "2025-01-06"] for n in numbers),
)
write(
    "charges.csv",
    "account_id invoice_id invoice_date period_start period_end description amount currency charge_kind extension tier term".split(),
    (["1001", "INV-10", "2026-10-01", "2026-10-01", "2026-10-31", "VBC Premium", "29.99", "USD", "line_mrc", n, "premium", "monthly"] for n in numbers),
)
days = [LAST_DAY - dt.timedelta(days=back) for back in range(DAYS)]
write(
    "calls.csv",
    "id in_network international from to direction length start end destination_extension source_user source_extension result".split(),
    (
        [f"{day}-{n}", "false", "false", n, "12125550199", "Outbound", 120, f"{day} 15:00:00", f"{day} 15:02:00", "", f"u{n}", n, "Answered"]
        for day in days
        if day.weekday() < 5
        for n in numbers[:CALLING]
    ),
)
(folder / "job.toml").write_text(
    """[job]
name = "large"
as_of = "2026-10-16"
store = "store"
reports = "reports"

[accounts."1001"]
name = "Large Ltd"
time_zone = "America/New_York"

[sources.lines]
files = ["lines.csv"]
[sources.calls]
files = ["calls.csv"]
[sources.charges]
files = ["charges.csv"]

[mail]
transport = "file"
outbox = "outbox"
from = "quietline@example.test"
[mail.finance]
to = ["finance@example.test"]
[mail.admins]
to = ["voice-admins@example.test"]
"""
)
