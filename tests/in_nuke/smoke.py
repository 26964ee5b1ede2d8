"""What Penumbra takes for granted of Nuke, tried in a real one: a table of PASS, FAIL and NOT TRIED.

    nuke -t tests/in_nuke/smoke.py

It needs a render licence (with `nuke -ti` an interactive one), and nothing else: it makes its own plate, in a temporary
folder that it removes. It takes about a minute, and ends with 1 where something failed. Please send us the table, also
a good one. Python 3.7's dialect, as Nuke 13 runs it.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
# Nuke need not have put this folder where modules are looked for.
from smoke_bench import Bench, NotTried
from smoke_steps import STEPS


def outcome(trial, bench):
    """PASS, FAIL or NOT TRIED, and what was measured."""
    try:
        return "PASS", trial(bench)
    except NotTried as why:
        return "NOT TRIED", str(why)
    except Exception as fault:  # noqa: BLE001 - whatever Nuke raises is an answer, and the next step shall be tried
        return "FAIL", "{}: {}".format(type(fault).__name__, re.sub(r"\s+", " ", str(fault)))


def main():
    """Try everything, print the table, and give the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="penumbra_smoke_")).resolve()
    try:
        bench = Bench(folder)
        rows = [(title, *outcome(trial, bench)) for title, trial in STEPS]
    finally:
        shutil.rmtree(str(folder), ignore_errors=True)
    for title, result, answer in rows:
        print("{:<10} {}\n{:<10}   {}".format(result, title, "", answer))
    counts = [(result, sum(row[1] == result for row in rows)) for result in ("PASS", "FAIL", "NOT TRIED")]
    print("\n" + ", ".join(f"{count} {result}" for result, count in counts))
    return 1 if any(row[1] == "FAIL" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
