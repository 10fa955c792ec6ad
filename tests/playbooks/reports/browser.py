# Copyright (c) 2026 The privatelink.mongodb authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at pages in headless Chromium: a wrapper page loads each into frames and writes down what is wrong."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.tools import find

#: The numbers of Blink's setting preferredColorScheme.
SCHEMES = {"dark": 0, "light": 1}

# Contrast as WCAG 2.2 defines it; 4.5 is what AA asks of text.
WRAPPER = """<!DOCTYPE html><meta charset="utf-8"><body><pre id="found"></pre><script>
const pages = PAGES, widths = WIDTHS, found = [];
const channels = color => color.match(/[\\d.]+/g).map(Number);
function luminance(color) {
  const [r, g, b] = channels(color).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function behind(element) {
  for (let e = element; e; e = e.parentElement) {
    const color = getComputedStyle(e).backgroundColor;
    if ((channels(color)[3] ?? 1) > 0) return color;
  }
  return "rgb(255, 255, 255)";
}
const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
function look(where, frame, width) {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(e => { e.open = true; });
  if (root.scrollWidth > width) found.push(`${where}: scrolls sideways, ${root.scrollWidth} px wide`);
  let texts = 0;
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, element = text.parentElement, range = page.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter(box => box.width > 1);
    if (!text.data.trim() || !boxes.length || element.closest("title, desc")) continue;
    texts += 1;
    const style = getComputedStyle(element), words = text.data.trim().slice(0, 40);
    const [one, other] = [luminance(element instanceof frame.contentWindow.SVGElement ? style.fill : style.color),
      luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < 4.5) found.push(`${where}: contrast ${contrast.toFixed(2)}: ${words}`);
    if (parseFloat(style.fontSize) < 11) found.push(`${where}: ${style.fontSize}: ${words}`);
    if (boxes.some(box => box.left < 0 || box.right > width + 1)) found.push(`${where}: cut off: ${words}`);
  }
  if (texts < 50) found.push(`${where}: only ${texts} texts are visible`);
  page.querySelectorAll("svg.path").forEach(svg => {
    const boxes = [...svg.querySelectorAll("text")].map(e => [e.textContent, e.getBoundingClientRect()])
      .filter(([, box]) => box.width);
    boxes.forEach(([a, one], i) => boxes.slice(i + 1).forEach(([b, other]) => {
      if (overlap(one, other)) found.push(`${where}: ${a} lies over ${b}`);
    }));
  });
}
async function load(page, width) {
  const frame = document.createElement("iframe");
  frame.style.cssText = `width:${width}px;height:900px;border:0`;
  frame.srcdoc = page;
  const loaded = new Promise(done => { frame.onload = done; });
  document.body.append(frame);
  await loaded;
  return frame;
}
(async () => {
  for (const [name, page] of Object.entries(pages)) for (const width of widths) {
    const where = `${name} at ${width} px`, frame = await load(page, width), inside = frame.contentWindow;
    for (const link of width == widths[0] ? frame.contentDocument.querySelectorAll("a.cell") : []) {
      inside.location.hash = link.hash;
      await new Promise(done => setTimeout(done));
      const target = frame.contentDocument.querySelector(link.hash);
      if (target.closest("details:not([open])")) found.push(`${where}: ${link.hash} stays folded`);
    }
    look(where, frame, width);
    frame.remove();
  }
  document.getElementById("found").textContent = "FOUND" + JSON.stringify(found) + "END";
})();
</script>"""


def complaints(pages: Mapping[str, str], widths: Sequence[int], scheme: str, directory: Path) -> list[str]:
    """What is wrong with these pages (name: HTML) at these widths: empty if nothing is."""
    wrapper = directory / f"{scheme}.html"
    parts = {"PAGES": pages, "WIDTHS": widths}
    source = WRAPPER
    for name, value in parts.items():
        source = source.replace(name, json.dumps(value).replace("<", "\\u003c"), 1)
    wrapper.write_text(source)
    command = [
        *(str(find("chromium")), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        # No requests of its own.
        *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
        "--disable-quic",
        *(f"--user-data-dir={directory / scheme}", f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}"),
        *("--virtual-time-budget=60000", "--dump-dom", wrapper.as_uri()),
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    told = re.search(r'<pre id="found">FOUND(.*)END</pre>', done.stdout)
    if not told:
        return [f"Chromium gave no answer: {done.stderr[-2000:]}"]
    found: list[str] = json.loads(html.unescape(told[1]))
    return found
