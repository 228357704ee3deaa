"""Lines to object bytes, in the forms the contract accepts; equal lines give equal bytes."""

import gzip
import io
import random
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
GZIP_LEVEL = 6


@dataclass(frozen=True)
class Layout:
    """The form of one object."""

    suffix: str
    line_end: bytes = b"\n"
    bom: bytes = b""
    ends_last_line: bool = True


LAYOUTS = (
    Layout(".jsonl"),
    Layout(".jsonl.gz"),
    Layout(".jsonl", line_end=b"\r\n", bom=BOM),
    Layout(".jsonl.gz", bom=BOM, ends_last_line=False),
)


def day_objects(lines: list[bytes], count: int, draw: random.Random) -> dict[str, bytes]:
    """Spreads lines over ``count`` objects, in turn of each layout. Name → bytes."""
    parts: list[list[bytes]] = [[] for _ in range(count)]
    for line in lines:
        parts[draw.randrange(count)].append(line)
    objects = {}
    for number, part in enumerate(parts):
        layout = LAYOUTS[number % len(LAYOUTS)]
        objects[f"part-{number:05d}{layout.suffix}"] = _encode(part, layout)
    return objects


def _encode(lines: list[bytes], layout: Layout) -> bytes:
    if not lines:
        data = b""
    else:
        data = layout.bom + layout.line_end.join(lines)
        # Without its line end an empty last line would be no line at all.
        if layout.ends_last_line or not lines[-1]:
            data += layout.line_end
    return compressed(data) if layout.suffix.endswith(".gz") else data


def compressed(data: bytes, level: int = GZIP_LEVEL) -> bytes:
    """Gzip without name and time, so that the same lines are the same bytes on every day."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=level, mtime=0) as out:
        out.write(data)
    return target.getvalue()
