"""Prints the path of a Chromium or Chrome for the browser tests, installing one where there is none.

In order: the one that BROWSER_PATH names; one that is there; the system's package, where this is root on
Debian or Ubuntu; Playwright's own. A browser counts once Playwright has driven it: some are stubs (Ubuntu's).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPS = ("Google Chrome", "Chromium")
ADVICE = (
    "Install Chromium or Chrome, or name one with BROWSER_PATH=/path/to/chrome, "
    "or leave the browser tests out with BROWSER=none."
)


def main() -> None:
    if named := os.environ.get("BROWSER_PATH"):
        reason = why_not(named)
        sys.exit(f"BROWSER_PATH={named} cannot be used: {reason}. {ADVICE}") if reason else print(named)
        return
    refused: list[str] = []
    for path in candidates(refused):
        reason = why_not(path)
        if not reason:
            print(path)
            return
        refused.append(f"{path}: {reason}")
    sys.exit("\n  ".join(["No browser for the browser tests could be had:", *refused]) + f"\n{ADVICE}")


def candidates(refused: list[str]) -> Iterator[str]:
    """The places to look, the costly ones last; what could not be installed is added to `refused`."""
    yield from installed()
    yield from playwright_browser()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing the system's Chromium for the browser tests ...")
        failure = install_with_apt()
        refused += [f"apt-get: {failure}"] if failure else []
        yield from installed()
    say("Fetching Playwright's Chromium for the browser tests ...")
    failure = command_failure([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"])
    refused += [f"playwright install chromium: {failure}"] if failure else []
    yield from playwright_browser()


def installed() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    for app in MAC_APPS:
        path = Path("/Applications") / f"{app}.app" / "Contents" / "MacOS" / app
        if path.exists():
            yield str(path)


def playwright_browser() -> Iterator[str]:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def install_with_apt() -> str:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    # An old package list may still do: a failed update is no reason to give up. The fonts are for the pages.
    command_failure([*apt, "update"], quiet)
    install = [*apt, "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"]
    return command_failure(install, quiet)


def why_not(path: str) -> str:
    """Empty where `path` is a browser that Playwright can drive here, else the reason why it is not."""
    if failure := command_failure([path, "--version"], seconds=30):
        return failure
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=60_000)
            page = browser.new_page()
            page.set_content("<p>digits</p>")
            text = page.text_content("p")
            browser.close()
    except Error as error:
        return str(error).splitlines()[0]
    return "" if text == "digits" else "it shows no page"


def command_failure(command: list[str], environment: dict[str, str] | None = None, seconds: int = 900) -> str:
    """Runs a command, keeping our stdout clean; empty where it succeeded, else its first error."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            timeout=seconds,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or line.startswith("E:")]
    return (errors or lines or [f"it ended with {done.returncode}"])[0]


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
