// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { manualPage } from "../src/manual.js";

describe("manualPage", () => {
  const page = manualPage(
    "knem.4",
    '<table class="head"><tr><td>KNEM(4)</td></tr></table>\n<h1 class="Sh" id="NAME">' +
      '<a class="permalink" href="#NAME">NAME</a></h1>\n<h2 class="Ss" id="R"><a href="#R">Requests</a></h2>' +
      '\n<pre>a\n\n\nb</pre>\n<table class="foot"><tr><td>Linux</td></tr></table>',
  );

  it("has one heading as others cite it, and its sections below", () => {
    expect(page).toMatch(/^# knem\(4\)\n/);
    expect(page).toContain(
      '<h2 class="Sh" id="NAME"><a class="permalink" href="#NAME">Name</a></h2>',
    );
    expect(page).toContain('<h3 class="Ss" id="R"><a href="#R">Requests</a></h3>');
    expect(page).not.toMatch(/KNEM\(4\)|Linux/);
  });

  it("has no empty line inside, which would end the HTML", () => {
    expect(page.slice(page.indexOf("<div")).trimEnd()).not.toMatch(/\n\s*\n/);
  });
});
