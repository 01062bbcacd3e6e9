#!/usr/bin/env python3
"""Opens report.html in headless Chromium, at three widths, light and dark, and checks what a reader would see:
nothing runs out of its place, no short word of a table is broken across lines, no two texts of a drawing overlap,
every text stands out from what is behind it (WCAG 2.2, 1.4.3), and each cell's drawing shows the segments of the capture
beside the page, in order. The first screen says what to do; every link opens what it names, also where no script runs; the
filter shows what it should; on paper the page is short, and each drawing fits a sheet.

usage: check_report.py REPORT.html [--screenshots DIR]

Needs Chromium (Debian: apt-get install chromium) and nothing but Python's standard library: the browser is driven
through --remote-debugging-pipe, on descriptors 3 and 4.
"""

import argparse
import base64
import json
import os
import pathlib
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

# Seconds that an answer of the browser may take: the whole page is checked in one of them. And all of it together.
PATIENCE = 120
LIMIT = 540
WIDTHS = (1280, 1000, 390)
HEIGHT = 844
# Width and height in inches, and how many sheets the page may take.
PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}
SHEETS = 40
MARGIN = 13 / 25.4
SCHEMES = ("light", "dark")
FLAGS = ((2, "SYN"), (1, "FIN"), (4, "RST"), (8, "PSH"), (32, "URG"), (16, "ACK"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")

CHECK = r"""
(() => {
  const problems = [];
  const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.className && e.className.baseVal === undefined
    ? '.' + e.className : '') + ' "' + (e.textContent || '').trim().slice(0, 40) + '"';
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) problems.push('wider than the window while closed');
  const first = document.querySelector('.advice li');
  if (first && first.getBoundingClientRect().bottom > innerHeight) problems.push('what to do begins below the first screen');
  for (const d of document.querySelectorAll('details')) d.open = true;
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    problems.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') && e.tagName !== 'svg') continue;
    if (e.closest('.skip') || getComputedStyle(e).position === 'absolute' || e.closest('thead')) continue;
    const own = e.closest('.scroll, nav.index');
    if (own && own !== e) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1)) problems.push('outside the window: ' + name(e));
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).overflowX === 'visible'
        && getComputedStyle(e).display !== 'inline') problems.push('wider than its place: ' + name(e));
  }
  // A word of several parts may break between them, but for the name of a state in a heading.
  const state = /^(?:SYN-SENT|SYN-RECEIVED|FIN-WAIT-[12]|CLOSE-WAIT|LAST-ACK|TIME-WAIT)$/;
  for (const cell of document.querySelectorAll('th, td')) {
    if (getComputedStyle(cell.parentElement.parentElement).position === 'absolute') continue;
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
      if (word.length > 14 || /[-_\/]/.test(word) && !(cell.tagName === 'TH' && state.test(word))) continue;
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const lines = new Set([...range.getClientRects()].filter(r => r.width).map(r => Math.round(r.top)));
      if (lines.size > 1) problems.push(`"${word}" is broken across ${lines.size} lines: ${name(cell)}`);
    }
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
  const numbers = c => c.match(/[\d.]+/g).map(Number);
  const luminance = c => numbers(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      const alpha = numbers(c)[3] ?? 1;
      if (alpha > 0 && alpha < 1) problems.push('half transparent: ' + name(e));
      if (alpha === 1) return c;
    }
    return 'rgb(255, 255, 255)';
  };
  const stands = (e, front, back) => {
    const ratio = contrast(front, back), style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const least = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5;
    if (ratio < least) problems.push(`contrast ${ratio.toFixed(2)}: ${front} on ${back}: ${name(e)}`);
  };
  let texts = 0;
  for (const e of document.querySelectorAll('body *')) {
    const isText = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!isText || e.closest('title, desc, style, .skip')) continue;
    texts += 1;
    const svg = e.closest('svg');
    if (!svg) { stands(e, getComputedStyle(e).color, behind(e)); continue; }
    const state = [...e.classList].find(c => c.startsWith('S-'));
    const band = state && svg.querySelector(`rect.${state}`);
    stands(e, getComputedStyle(e).fill, band ? getComputedStyle(band).fill : behind(svg));
  }
  const cells = [...document.querySelectorAll('#cells .body[id^=cell-]')].map(b => b.parentElement).map(d => ({
    name: d.querySelector('h3').textContent,
    segments: [...d.querySelectorAll('svg text.s')].map(t => t.textContent),
  })).filter(c => c.segments.length);
  for (const d of document.querySelectorAll('details')) d.open = false;
  return { cells, texts, problems, drawings: document.querySelectorAll('svg').length, height: document.documentElement.scrollHeight };
})()
"""

# Follows each link, with all closed before, as a click would: whether what it names is to be seen then.
LINKS = r"""
(() => {
  const close = () => { for (const d of document.querySelectorAll('details')) d.open = false; };
  const targets = new Set([...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)));
  const problems = [];
  for (const id of targets) {
    close();
    location.hash = '';
    location.hash = id;
    const target = document.getElementById(id);
    if (!target) problems.push('leads nowhere: #' + id);
    else if (!target.checkVisibility({ contentVisibilityAuto: true })) problems.push('stays closed: #' + id);
  }
  close();
  const files = new Set([...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')).filter(h => h[0] != '#'));
  return { count: targets.size, problems, files: [...files], isFilterHidden: [...document.querySelectorAll('form.filter')].every(f => f.hidden) };
})()
"""

FILTER = r"""
(() => {
  const form = document.querySelector('form.filter');
  if (!form) return ['there is no filter'];
  const problems = [], rows = [...document.querySelectorAll('#all-cells tbody tr')];
  const shown = () => rows.filter(r => r.checkVisibility()).map(r => r.cells[0].textContent);
  const type = words => {
    form.querySelector('input').value = words;
    form.dispatchEvent(new Event('input'));
  };
  const same = (name, wanted) => {
    const [seen, all] = [shown(), rows.map(r => r.cells[0].textContent).filter(wanted)];
    if (!all.length || seen.join() !== all.join()) problems.push(`${name}: ${seen.length} rows and not ${all.length}`);
    const says = form.querySelector('output').textContent;
    if (says !== `${all.length} of ${rows.length}`) problems.push(`${name}: it says ${says}`);
  };
  if (form.hidden) problems.push('the filter is hidden, though scripts run');
  const name = rows[rows.length - 1].cells[0].textContent;
  type(name);
  same('a name', n => n.includes(name));
  type('explicit -reuse -server-last');
  const words = n => n.includes('explicit') && !n.includes('reuse') && !n.includes('server-last');
  if (rows.some(r => words(r.cells[0].textContent))) same('words', words);
  type('');
  for (const select of form.querySelectorAll('select')) {
    select.selectedIndex = select.options.length - 1;
    form.dispatchEvent(new Event('input'));
    const value = select.value, column = select.dataset.column;
    const names = new Set(rows.filter(r => r.cells[column].textContent === value).map(r => r.cells[0].textContent));
    if (value) same(value, n => names.has(n));
    select.value = '';
  }
  type('');
  same('nothing', () => true);
  return problems;
})()
"""

# As it will be printed: each drawing, were it opened, on one sheet.
PRINTED = r"""
(height => {
  const problems = [];
  for (const d of document.querySelectorAll('details')) d.open = true;
  for (const svg of document.querySelectorAll('svg')) {
    const title = svg.querySelector('title').textContent;
    if (svg.getBoundingClientRect().height > height) problems.push(`higher than a sheet: ${title}`);
    if (getComputedStyle(svg).breakInside !== 'avoid') problems.push(`may be broken: ${title}`);
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth + 1) problems.push('wider than a sheet');
  for (const d of document.querySelectorAll('details')) d.open = false;
  return problems;
})
"""


class Browser:
    """A Chromium that is told what to do through two pipes (the Chrome DevTools Protocol)."""

    def __init__(self):
        program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
        if program is None:
            sys.exit("check_report.py: no Chromium here (Debian: apt-get install chromium)")
        # The browser's children may still write there when it has ended.
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        (commands, self.output), (self.input, answers) = os.pipe(), os.pipe()

        def connect():
            # First out of the way: 3 and 4 may be among them.
            one, other = os.dup(commands), os.dup(answers)
            kept = [os.dup(one), os.dup(other)]
            os.dup2(kept[0], 3)
            os.dup2(kept[1], 4)

        # In a session of its own, so that its helpers can be ended with it.
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-ipc-flooding-protection", "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=connect, start_new_session=True)
        os.close(commands)
        os.close(answers)
        os.set_blocking(self.output, False)
        self.number, self.buffer, self.session = 0, b"", None

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def wait(self, readable, writable, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(readable, writable, [], left)):
            sys.exit(f"check_report.py: the browser has not answered for {PATIENCE} s")

    def message(self, deadline):
        while b"\0" not in self.buffer:
            self.wait([self.input], [], deadline)
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
        deadline = time.monotonic() + PATIENCE
        rest = json.dumps(command).encode() + b"\0"
        while rest:
            self.wait([], [self.output], deadline)
            rest = rest[os.write(self.output, rest):]
        while True:
            answer = self.message(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"check_report.py: {method}: {answer['error']}")
                return answer["result"]

    def open(self, url, width, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=HEIGHT, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        # Another fragment alone would load nothing.
        self.call("Page.navigate", url="about:blank")
        self.loaded()
        self.call("Page.navigate", url=url)
        self.loaded()

    def loaded(self):
        deadline = time.monotonic() + PATIENCE
        while self.message(deadline).get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"check_report.py: {result['exceptionDetails']}")
        return result["result"].get("value")

    def printed(self, paper):
        """The page as a PDF file."""
        width, height = PAPERS[paper]
        return base64.b64decode(self.call(
            "Page.printToPDF", paperWidth=width, paperHeight=height, printBackground=True, preferCSSPageSize=False)["data"])

    def screenshot(self, path, clip=None):
        more = {"clip": {**clip, "scale": 1}, "captureBeyondViewport": True} if clip else {}
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **more)["data"]))

    def close(self):
        # The whole of it, and for good: nothing of its profile is worth saving.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.profile.cleanup()


def captured(path):
    """The flags and the payload's length of each segment in a capture (classic pcap, LINKTYPE_RAW, IPv4 or IPv6)."""
    data, segments, at = path.read_bytes(), [], 24
    order = ">" if data[:2] == b"\xa1\xb2" else "<"
    while at < len(data):
        length, whole = struct.unpack(order + "II", data[at + 8:at + 16])
        packet, at = data[at + 16:at + 16 + length], at + 16 + length
        header = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
        payload = whole - header - (packet[header + 12] >> 4) * 4
        names = [name for bit, name in FLAGS if packet[header + 13] & bit]
        segments.append((" ".join(names), payload))
    return segments


def drawn(labels):
    """The same, from the labels of a drawing. A segment that waited has another label where it went on."""
    for label in labels:
        if not re.match(r"after [\d.]+ m?s: ", label):
            length = re.search(r"(\d+) bytes?", label)
            yield (re.match(r"[A-Z ]*[A-Z]", label).group(), int(length.group(1)) if length else 0)


def check_captures(report, cells):
    problems = []
    for cell in cells:
        expected, seen = captured(report.parent / "cells" / f"{cell['name']}.pcap"), list(drawn(cell["segments"]))
        if expected != seen:
            problems.append(f"{cell['name']}: the capture has {expected}, the drawing {seen}")
    return problems


def check_links(browser, report):
    """That links open what they name, where no script of the page runs, and that the files they name are there."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(report.as_uri(), WIDTHS[0], "light")
    result = browser.evaluate(LINKS)
    problems = result["problems"]
    if not result["isFilterHidden"]:
        problems.append("the filter shows, though no script runs")
    problems += [f"no such file: {name}" for name in result["files"] if not (report.parent / name).is_file()]
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    print(f"links: {result['count']} places, {len(result['files'])} files, {len(problems)} problems")
    return problems


def check_filter(browser, report):
    browser.open(report.as_uri(), WIDTHS[0], "light")
    problems = browser.evaluate(FILTER)
    print(f"filter: {len(problems)} problems")
    return problems


def check_paper(browser, report, folder):
    problems = []
    for paper, (width, height) in PAPERS.items():
        browser.open(report.as_uri(), round((width - 2 * MARGIN) * 96), "light")
        browser.call("Emulation.setEmulatedMedia", media="print")
        problems += [f"{paper}: {one}" for one in browser.evaluate(f"({PRINTED})({(height - 2 * MARGIN) * 96})")]
        pdf = browser.printed(paper)
        sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
        if not 0 < sheets <= SHEETS:
            problems.append(f"{paper}: {sheets} sheets, and not 1 to {SHEETS}")
        print(f"{paper}: {sheets} sheets, {len(pdf):,} bytes")
        if folder:
            (folder / f"{paper}.pdf").write_bytes(pdf)
    return problems


def shoot(browser, folder, width, scheme):
    """The first screen, and each section as far as it shows something else."""
    folder.mkdir(parents=True, exist_ok=True)
    browser.screenshot(folder / f"{width}-{scheme}-first-screen.png")
    browser.evaluate("for (const id of ['cell-explicit-active', 'experiment-old-duplicate']) {"
                     "const d = document.getElementById(id)?.parentElement;"
                     "if (d) { d.open = true; d.querySelectorAll('.inner').forEach(e => e.open = true) }}")
    for anchor in ("glance", "remedies", "claims", "states", "experiment-old-duplicate", "cell-explicit-active"):
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
    report, found = options.report.resolve(strict=True), 0
    url = report.as_uri()
    # Whatever happens, it ends, and the browser with it.
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"check_report.py: not done after {LIMIT} s"))
    signal.alarm(LIMIT)
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        browser.attach()
        problems = check_links(browser, report)
        if "class=\"filter\"" in report.read_text(encoding="utf-8"):
            problems += check_filter(browser, report)
        problems += check_paper(browser, report, options.screenshots)
        for problem in problems[:40]:
            print(f"  {problem}")
        found += len(problems)
        for width in WIDTHS:
            for scheme in SCHEMES:
                browser.open(url, width, scheme)
                result = browser.evaluate(CHECK)
                if not result["cells"]:
                    sys.exit("check_report.py: no cell is drawn on this page")
                result["problems"] += check_captures(report, result["cells"])
                print(f"{width} {scheme}: {result['texts']} texts, {result['drawings']} drawings, {len(result['cells'])} "
                      f"cells compared with their captures, {len(result['problems'])} problems")
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
