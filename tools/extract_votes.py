"""Pack what was voted in two public Polis consultations, for the tests that look at how fair a digest is.

Run by a maintainer, with the folder that holds both exports:

    python tools/extract_votes.py path/to/polis

It writes one `.json.gz` each into `tests/support/polis/` (or into `--out`): statements that the moderators did not hide, with
their author's number and length, and who agreed, disagreed or passed; no words. Two runs write the same bytes.
"""

import argparse
import csv
import gzip
import json
import sys
from pathlib import Path
from typing import Any

EXPORTS = {"austria": "austria-climate.5twd2jsnkf.2022-08-08", "newzealand": "scoop-hivemind.biodiversity"}
MARKS = {"1": "+", "-1": "-", "0": "0"}
UNASKED = "."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("polis", type=Path, help="the folder with both exports")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "tests" / "support" / "polis")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, folder in EXPORTS.items():
        packed = json.dumps(pack(asked.polis / folder), separators=(",", ":")).encode()
        (asked.out / f"{name}.json.gz").write_bytes(gzip.compress(packed, mtime=0))
    return 0


def pack(folder: Path) -> dict[str, Any]:
    """`statements`: [author, words] each, in the order of their numbers; `votes`: a string for each statement, one mark for each
    voter: + agrees, - disagrees, 0 passes, . was not asked. Where somebody voted twice, the last vote counts."""
    with (folder / "comments.csv").open(newline="", encoding="utf-8") as file:
        shown = {row["comment-id"]: row for row in csv.DictReader(file) if row["moderated"] != "-1"}
    cast: dict[str, dict[str, str]] = {}
    with (folder / "votes.csv").open(newline="", encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: int(row["timestamp"])):
            if row["comment-id"] in shown:
                cast.setdefault(row["comment-id"], {})[row["voter-id"]] = MARKS[row["vote"]]
    ids = sorted(cast, key=int)
    voters = sorted({voter for votes in cast.values() for voter in votes}, key=int)
    return {
        "statements": [[shown[id]["author-id"], len(shown[id]["comment-body"].split())] for id in ids],
        "voters": voters,
        "votes": ["".join(cast[id].get(voter, UNASKED) for voter in voters) for id in ids],
    }


if __name__ == "__main__":
    sys.exit(main())
