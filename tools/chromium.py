"""Which Chromium the browser tests and the pictures drive: the first of these that the machine has."""

import shutil

# The headless shell is the same engine without a window's machinery: pages are drawn alike, in half the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """The path of the browser, or None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    raise SystemExit(0 if find() else 1)
