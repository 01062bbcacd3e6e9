#!/usr/bin/env python3
"""Opens report.html in headless Chromium, wide and narrow, light and dark, and checks what a reader would see:
nothing runs out of its place, no two texts of a drawing overlap, and every link leads somewhere.

usage: check_report.py REPORT.html [--screenshots DIR]

Needs Chromium (Debian: apt-get install chromium) and nothing but Python's standard library: the browser is driven
through --remote-debugging-pipe, on descriptors 3 and 4.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")

CHECK = r"""
(() => {
  const problems = [];
  const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.className && e.className.baseVal === undefined
    ? '.' + e.className : '') + ' "' + (e.textContent || '').trim().slice(0, 40) + '"';
  for (const d of document.querySelectorAll('details')) d.open = true;
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    problems.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') && e.tagName !== 'svg') continue;
    if (e.closest('.skip') || getComputedStyle(e).position === 'absolute' || e.closest('thead')) continue;
    if (e.closest('.scroll') && !e.classList.contains('scroll')) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1)) problems.push('outside the window: ' + name(e));
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).overflowX === 'visible'
        && getComputedStyle(e).display !== 'inline') problems.push('wider than its place: ' + name(e));
  }
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map(e => ({ e, b: e.getBoundingClientRect() }))
      .sort((a, b) => a.b.top - b.b.top);
    const title = svg.querySelector('title').textContent;
    texts.forEach(({ e, b }, i) => {
      if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.bottom > frame.bottom + 1)
        problems.push(`${title}: outside the drawing: ${e.textContent}`);
      for (let j = i + 1; j < texts.length && texts[j].b.top < b.bottom - 2; j++) {
        const o = texts[j].b;
        if (Math.min(b.right, o.right) - Math.max(b.left, o.left) > 1)
          problems.push(`${title}: "${e.textContent}" and "${texts[j].e.textContent}" overlap`);
      }
    });
  }
  for (const a of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(a.getAttribute('href').slice(1))) problems.push('leads nowhere: ' + a.getAttribute('href'));
  for (const d of document.querySelectorAll('details')) d.open = false;
  return { problems, drawings: document.querySelectorAll('svg').length, height: document.documentElement.scrollHeight };
})()
"""


class Browser:
    """A Chromium that is told what to do through two pipes (the Chrome DevTools Protocol)."""

    def __init__(self):
        program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            sys.exit("check_report.py: no Chromium here (Debian: apt-get install chromium)")
        self.profile = tempfile.TemporaryDirectory()
        (commands, self.output), (self.input, answers) = os.pipe(), os.pipe()

        def connect():
            # First out of the way: 3 and 4 may be among them.
            one, other = os.dup(commands), os.dup(answers)
            kept = [os.dup(one), os.dup(other)]
            os.dup2(kept[0], 3)
            os.dup2(kept[1], 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=connect)
        os.close(commands)
        os.close(answers)
        self.number, self.buffer, self.session = 0, b"", None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def message(self):
        while b"\0" not in self.buffer:
            data = os.read(self.input, 1 << 20)
            if not data:
                sys.exit("check_report.py: the browser has gone")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.output, json.dumps(command).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"check_report.py: {method}: {answer['error']}")
                return answer["result"]

    def open(self, url, width, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=url)
        while self.message().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"check_report.py: {result['exceptionDetails']}")
        return result["result"].get("value")

    def screenshot(self, path, clip=None):
        more = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **more)["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()


def shoot(browser, folder, width, scheme):
    """The first screen, and each section as far as it shows something else."""
    folder.mkdir(parents=True, exist_ok=True)
    browser.screenshot(folder / f"{width}-{scheme}-first-screen.png")
    browser.evaluate("document.querySelectorAll('#experiments>details, #cells>details').forEach((d, i, all) => {"
                     "if (d.id == 'cell-explicit-active' || d.id == 'experiment-old-duplicate') {"
                     "d.open = true; d.querySelectorAll('.inner').forEach(e => e.open = true)}})")
    for anchor in ("glance", "claims", "states", "experiment-old-duplicate", "cell-explicit-active"):
        box = browser.evaluate(
            f"(() => {{ const e = document.getElementById('{anchor}'); if (!e) return null;"
            "const b = e.getBoundingClientRect();"
            "return {x: 0, y: b.top + scrollY, width: innerWidth, height: Math.min(b.height, 2400)} })()")
        if box:
            browser.screenshot(folder / f"{width}-{scheme}-{anchor}.png", box)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path, metavar="DIR")
    options = parser.parse_args()
    url, found = options.report.resolve(strict=True).as_uri(), 0
    browser = Browser()
    try:
        for width in WIDTHS:
            for scheme in SCHEMES:
                browser.open(url, width, scheme)
                result = browser.evaluate(CHECK)
                print(f"{width} {scheme}: {result['drawings']} drawings, {len(result['problems'])} problems")
                for problem in result["problems"][:20]:
                    print(f"  {problem}")
                found += len(result["problems"])
                if options.screenshots:
                    shoot(browser, options.screenshots, width, scheme)
    finally:
        browser.close()
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
