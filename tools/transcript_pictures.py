"""Makes docs/pictures/transcript*.png: the transcript of a real exchange in the sandbox, in Chromium.

.venv/bin/python -m tools.transcript_pictures

The people of the demo write to each other, one more mail is held, a reviewer places a hold. The page is what
the deployed functions made of it; the form with originals is what `parley review open` makes. A picture has
the same size whenever it is made; ids and times in it differ. Needs Debian's chromium.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))

from sandbox.demo.events import Listener
from sandbox.demo.evidence import awaited  # needs the path set above
from sandbox.demo.scenes import SCENES, play
from sandbox.demo.stage import Stage, author
from sandbox.stack import Sandbox, running

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
MAX_BYTES = 300_000
CASE = "2026-117"
_PAPER_MARGIN = 56
_ABOVE = 16
"""Pixels between the picture's upper edge and what it shows first."""


class PictureError(Exception):
    """A picture cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A part of a page. at: a CSS selector of what is uppermost in it, "" for the page's beginning."""

    name: str
    width: int
    height: int
    at: str = ""
    originals: bool = False
    media: Literal["screen", "print"] = "screen"

    @property
    def file(self) -> str:
        return f"{self.name}.png"


SHOTS = (
    Shot("transcript", 1180, 1000),
    Shot("transcript-message", 1180, 1010, at="#m3"),
    Shot("transcript-refused", 1180, 700, at="#m5"),
    Shot("transcript-held", 1180, 760, at="#m7"),
    Shot("transcript-originals", 1180, 900, at="#m1", originals=True),
    Shot("transcript-narrow", 390, 844, at="#m3"),
    Shot("transcript-print", 794, 1123, media="print"),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


def photograph(masked: Path, originals: Path, folder: Path, browser: Browser) -> None:
    """One file a shot. masked, originals: the page in its two forms. Raises `PictureError`."""
    for shot in SHOTS:
        target = folder / shot.file
        _photograph(shot, originals if shot.originals else masked, target, browser)
        if target.stat().st_size > MAX_BYTES:
            raise PictureError(f"{shot.file} has {target.stat().st_size} bytes, more than {MAX_BYTES}")


def _photograph(shot: Shot, source: Path, target: Path, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(source.as_uri())
    page.emulate_media(media=shot.media)
    if shot.media == "print":  # On paper the style sheet sets margins, which a window has none of.
        page.evaluate(f"document.documentElement.style.padding = '{_PAPER_MARGIN}px'")
    top = 0
    if shot.at:
        box = page.locator(shot.at).bounding_box()
        if box is None:
            raise PictureError(f"{shot.file}: there is no {shot.at} in the page")
        top = max(0, int(box["y"]) - _ABOVE)
    # What lies below the page's end is its margin: the picture keeps its size.
    page.evaluate("height => document.body.style.setProperty('min-height', `${height}px`)", top + shot.height)
    clip = {"x": 0.0, "y": float(top), "width": float(shot.width), "height": float(shot.height)}
    page.screenshot(path=target, full_page=True, clip=clip)  # type: ignore[arg-type]
    context.close()


def exchange(sandbox: Sandbox) -> str:
    """Plays the demo's exchange and what a reviewer does. The conversation. Raises `PictureError`."""
    stage = Stage(sandbox, Listener(sandbox))
    for scene in SCENES[:6]:
        failed = [check for check in play(scene, stage).checks if not check.passed]
        if failed:
            raise PictureError(f"{scene.title}: {failed[0].claim}")
    both = stage.first
    stage.post(both.buyer.account, _taken_for_spam(stage), (both, both.buyer.writes_to))
    sandbox.api.place_hold(both.conversation, case=CASE, reason="A claim was filed for the broken cup.")
    return both.conversation


def _taken_for_spam(stage: Stage) -> bytes:
    buyer, mail = author(stage.first.buyer), EmailMessage()
    mail["From"], mail["To"] = f"{buyer.name} <{buyer.mailbox}>", stage.first.buyer.writes_to
    mail["Subject"] = "More photos of the cup"
    mail["X-Sandbox-Verdicts"] = "spam=FAIL"
    mail.set_content(
        "Dear Mr Müller,\n\nhere are ten more photos, too large for a mail: "
        "https://drive.google.com/drive/folders/cups\n\nAnna Käufer\n"
    )
    return bytes(mail)


def pages(sandbox: Sandbox, conversation: str, folder: Path) -> tuple[Path, Path]:
    """The page as reviewers find it, once it tells of the hold, and its form with originals."""
    archive = sandbox.archive(conversation)

    def told() -> bytes | None:
        page = archive.transcript()
        return page if page is not None and CASE.encode() in page else None

    masked, originals = folder / "masked.html", folder / "originals.html"
    masked.write_bytes(awaited(told, "a transcript that tells of the hold"))
    local = sandbox.deployed.local
    command = ["review", "open", conversation, "--originals", "--out", str(originals), "--case", CASE]
    where = ["--endpoint-url", local.endpoint, "--region", local.region]
    subprocess.run([sys.executable, "-m", "cli", *command, *where], check=True, cwd=ROOT)
    return masked, originals


def main() -> int:
    with TemporaryDirectory() as scratch:
        with running(progress=print) as sandbox:
            masked, originals = pages(sandbox, exchange(sandbox), Path(scratch))
        FOLDER.mkdir(parents=True, exist_ok=True)
        with chromium() as browser:
            photograph(masked, originals, FOLDER, browser)
    for shot in SHOTS:
        path = FOLDER / shot.file
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
