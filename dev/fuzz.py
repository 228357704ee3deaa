"""The lines that the fuzzer starts from and keeps: files for it, one file for git.

``unpack`` writes each kept line to a file of its own; ``pack`` keeps the files of a folder instead,
for which the fuzzer has taken those that add nothing out (``-merge=1``).
"""

import base64
import hashlib
import sys
from pathlib import Path

KEPT = Path("src/test/resources/fuzz/lines.base64")


def unpack(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for line in KEPT.read_text().splitlines():
        content = base64.b64decode(line)
        (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def pack(folder: Path) -> None:
    contents = sorted((path.read_bytes() for path in folder.iterdir()), key=lambda c: (len(c), c))
    KEPT.write_text("".join(base64.b64encode(c).decode() + "\n" for c in contents))


if __name__ == "__main__":
    {"unpack": unpack, "pack": pack}[sys.argv[1]](Path(sys.argv[2]))
