"""Takes the picture of the README from a running demo library: the catalogue, and the desk in front of it.

    make run                                  # in another terminal; it prints the sign-ins
    .venv/bin/python docs/pictures/take.py http://127.0.0.1:8000 librarian PASSWORD

Needs Chromium and what `make test` installs.
"""

import io
import sys
from base64 import b64encode
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from library_site.tests.browser import chromium

TARGET = Path(__file__).with_name("openshelf.png")
WINDOW = {"width": 1280, "height": 960}
SHEET = {"width": 2000, "height": 1150}
COLOURS = 256
COMPOSED = """<!doctype html><style>
  body {{ margin: 0; width: 2000px; height: 1150px; position: relative; background: #ddd3bd; }}
  img {{ position: absolute; width: 1180px; border-radius: 14px; border: 1px solid #0003; }}
  img {{ box-shadow: 0 30px 60px -20px #2a1c0288, 0 4px 12px #2a1c0233; }}
  .back {{ left: 50px; top: 50px; }}
  .front {{ right: 50px; bottom: 50px; }}
</style><img class="back" src="data:image/png;base64,{back}"><img class="front" src="data:image/png;base64,{front}">"""


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("E-mail or card number").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")


def shot(page: Page, address: str) -> str:
    """The window at ``address``, without the frame around the box that has the focus."""
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.activeElement.blur()")
    return b64encode(page.screenshot()).decode()


def main(address: str, name: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_context(viewport=WINDOW, locale="en-GB", color_scheme="light").new_page()
        catalogue = shot(page, f"{address}/")
        sign_in(page, address, name, password)
        desk = shot(page, f"{address}/desk/")
        page.set_viewport_size(SHEET)
        page.goto("about:blank")
        page.set_content(COMPOSED.format(back=catalogue, front=desk), wait_until="load")
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        browser.close()
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=2).save(TARGET, optimize=True)
    sys.stdout.write(f"{TARGET}: {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
