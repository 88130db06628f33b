"""Pictures of the running demonstration for the documents: `make screenshots` writes docs/screenshots/*.png.

Everything is made for the occasion: a database of its own, a server on a free port, a signer who signs and confirms through pages
and mail. Nothing outside `docs/screenshots` is touched.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 (found only now, as are those below)
from flask_migrate import upgrade  # noqa: E402 (as above)
from PIL import Image  # noqa: E402 (as above)
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 (as above)
from werkzeug.serving import make_server  # noqa: E402 (as above)

from app import create_app  # noqa: E402 (as above)
from app.demo import load as demo  # noqa: E402 (as above)
from app.mail import folder  # noqa: E402 (as above)
from app.mail.delivery import Delivery  # noqa: E402 (as above)
from tools import chromium  # noqa: E402 (as above)

FOLDER = ROOT / "docs" / "screenshots"
WIDE, PHONE = (1280, 900), (390, 844)
HOST = "http://sign.example.org"  # the browser is told that it is here
CAMPAIGN = "/campaigns/rein-in-militias"
TOPIC = "/topics/iraq-in-crisis"
COLOURS = 192  # enough for text and drawn pictures, and a quarter of the bytes
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--font-render-hinting=none",
    f"--unsafely-treat-insecure-origin-as-secure={HOST}",  # else there is no button that copies
]
PASTED = """Credible reports
Apr. 9, 2016, near Mosul, Iraq, via Airwars report. A house beside the market was hit. Twelve residents were killed and 31 wounded.
Open reports
May 28, 2017, near Al Mansoura, Syria, via Airwars report.
Nov. 12, 2018, near Hajin, via social media report
Jan. 3, 2027, near Sarmada, Syria, via self-report (previously closed, but reopened due to new information)."""
SIGNER = {"given_name": "Noor", "family_name": "Haddad", "email": "noor@example.org"}


@contextmanager
def running(instance: Path) -> Iterator[Flask]:
    """The demonstration on a server of its own."""
    server = make_server("127.0.0.1", 0, lambda *call: app(*call), threaded=True)
    app = create_app(
        {
            "MODE": "development",
            "INSTANCE_PATH": str(instance),
            "DATABASE_URL": f"sqlite:///{instance / 'pictures.sqlite'}",
            "BASE_URL": HOST,
            "PORT": server.port,
            "MAIL_URL": "",
            "MAIL_FROM": "Undersigned <post@sign.example.org>",
            "SECRET_KEY": "",
            "EMAIL_PEPPER": "",
            "PAGE_SECONDS": 0,
        }
    )
    with app.app_context():
        upgrade()
        demo.load()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app
    server.shutdown()


class Camera:
    """Takes pictures of one person's browser."""

    def __init__(self, browser: Browser, size: tuple[int, int], scheme: str = "light") -> None:
        width, height = size
        self.context = browser.new_context(
            base_url=HOST,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # one of the words that it takes
            device_scale_factor=1.5 if size == PHONE else 1,
            locale="en-GB",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()

    def go(self, address: str) -> Camera:
        """Open a page and wait until it is all there."""
        self.page.goto(address, wait_until="networkidle")
        return self

    def take(self, name: str) -> None:
        """Keep what a person sees now, with few colours."""
        self.page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{name}.png", optimize=True)
        print(f"{name}.png  {(FOLDER / f'{name}.png').stat().st_size // 1024} kB")


def public_pages(browser: Browser) -> None:
    """What everybody reads."""
    light, dark, phone = (Camera(browser, *how) for how in ((WIDE,), (WIDE, "dark"), (PHONE,)))
    light.go("/").take("home")
    light.go(CAMPAIGN).take("campaign")
    light.page.locator("#evidence").evaluate("heading => scrollTo(0, heading.offsetTop - 24)")
    light.page.wait_for_timeout(300)  # what sticks to the side has to come along
    light.take("campaign-evidence")
    light.go(f"{CAMPAIGN}?lang=ar").take("campaign-arabic")
    dark.go(CAMPAIGN).take("campaign-dark")
    phone.go(CAMPAIGN).take("campaign-phone")
    phone.page.locator("#sign").evaluate("part => scrollTo(0, part.offsetTop)")
    phone.take("sign-phone")


def evidence_pages(browser: Browser) -> None:
    """What everybody reads of a topic."""
    light, dark, phone = (Camera(browser, *how) for how in ((WIDE,), (WIDE, "dark"), (PHONE,)))
    light.go(TOPIC).take("topic")
    light.go(f"{TOPIC}/register").take("register")
    dark.go(f"{TOPIC}/register/map").take("register-map-dark")
    light.go("/search?q=mosul").take("search")
    light.go("/reports").take("reports")
    light.go(f"{CAMPAIGN}/timeline").take("timeline")
    phone.go(f"{TOPIC}/register?lang=ar").take("register-phone-arabic")
    phone.go(f"{TOPIC}/register?assessment=credible")
    phone.page.locator("main h3 a[href*='/register/']").last.click()
    phone.page.wait_for_load_state("networkidle")
    phone.take("incident-phone")
    phone.go(f"{TOPIC}").take("topic-phone")


def a_signature(browser: Browser, app: Flask) -> None:
    """Noor signs, finds the mail, confirms."""
    phone, wide = Camera(browser, PHONE), Camera(browser, WIDE)
    phone.go(f"{CAMPAIGN}/sign")
    for name, text in SIGNER.items():
        phone.page.fill(f"[name={name}]", text)
    phone.page.select_option("[name=country]", "IQ")
    phone.page.check("[name=show_name]")
    phone.page.click("button.btn-sign")
    phone.page.wait_for_url("**/check-inbox*")
    phone.take("check-inbox")
    with app.app_context():
        Delivery(app).until_idle()
        newest = folder.newest(app)[0]
    phone.go(f"/mailbox/{newest.name}/html").take("mail")
    link = re.search(r"http://\S+/confirm/\S+", newest.part("plain"))
    assert link, "the mail has no link"
    phone.go(link[0]).take("confirm")
    wide.go(link[0])
    wide.page.click("button.btn-sign")
    wide.page.wait_for_load_state("networkidle")
    wide.take("thanks")


def the_desk(browser: Browser, app: Flask) -> None:
    """What Olive sees, who organises."""
    address, password = demo.sign_in(app) or ("", "")
    for scheme in ("light", "dark"):
        desk = Camera(browser, WIDE, scheme).go("/account/login")
        desk.page.fill("[name=email]", address)
        desk.page.fill("[name=password]", password)
        desk.page.click("main form button")
        desk.page.wait_for_url("**/desk/**")
        home = desk.page.url
        if scheme == "dark":
            desk.go(f"{home}/rein-in-militias").take("desk-numbers-dark")
            continue
        desk.go(home).take("desk-campaigns")
        the_evidence(desk, home.rpartition("/campaigns")[0])
        for name, part in (("numbers", ""), ("editor", "/words"), ("signers", "/signatures"), ("export", "/export")):
            desk.go(f"{home}/rein-in-militias{part}").take(f"desk-{name}")
        desk.go(f"{home.rpartition('/campaigns')[0]}/members").take("desk-members")
        a_draft(desk, home)


def a_draft(desk: Camera, home: str) -> None:
    """What Olive sees before something new is public."""
    desk.go(f"{home}/new")
    desk.page.fill("[name=ask]", "Count the missing of Marsh Road and tell their families")
    desk.page.click("main form .btn-ink")
    desk.page.wait_for_url("**/words")
    draft = desk.page.url.removesuffix("/words")
    desk.page.fill("[name=summary]", "Forty families have asked for a year. Nobody keeps a list.")
    desk.page.fill(
        "[name=text]", "Each of them was told to wait.\n\n## What we ask\n\n1. A list, open to the families."
    )
    desk.page.click(".btn-ink[form=part]")
    desk.page.wait_for_load_state("networkidle")
    desk.go(f"{draft}/decision-makers")
    desk.page.fill("[name=name]", "The Minister of the Interior")
    desk.page.click("button[value=add]")
    desk.page.wait_for_load_state("networkidle")
    desk.go(f"{draft}/publish").take("desk-publish")


def the_evidence(desk: Camera, home: str) -> None:
    """What Olive keeps of a topic: a library, an import that she looks over, the sources of news."""
    desk.go(f"{home}/library").take("desk-library")
    desk.go(f"{home}/topics/iraq-in-crisis/words").take("desk-topic")
    desk.go(f"{home}/topics/iraq-in-crisis/register/import")
    desk.page.fill("[name=text]", PASTED)
    desk.page.click("main form .btn-ink")
    desk.page.wait_for_load_state("networkidle")
    desk.take("desk-import")


def main() -> int:
    """Take all pictures anew. Returns the exit status."""
    executable = chromium.find()
    if executable is None:
        print("Pictures need Chromium. Install your system's chromium package and run it again.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder_name,
        running(Path(folder_name)) as app,
        sync_playwright() as playwright,
    ):
        here = f"--host-resolver-rules=MAP sign.example.org:80 127.0.0.1:{app.config['PORT']}"
        browser = playwright.chromium.launch(executable_path=executable, args=[*SWITCHES, here])
        public_pages(browser)
        evidence_pages(browser)
        a_signature(browser, app)
        the_desk(browser, app)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
