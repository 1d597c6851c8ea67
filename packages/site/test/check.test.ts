// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { problemsOf } from "../src/check.js";

const head = '<title>A page</title><meta name="description" content="What it is">';
const page = (path: string, body: string) => ({ path, html: `${head}${body}` });

describe("problemsOf", () => {
  const other = page("man/knem.1.html", '<h2 id="name">Name</h2><a href="../guide.html">up</a>');
  const files = new Set(["guide.html", "index.html", "man/knem.1.html", "copies.svg"]);
  const of = (body: string, base = "/") =>
    problemsOf([page("guide.html", body), other], files, base);

  it("finds nothing wrong with links to what is there", () => {
    const links = ["/man/knem.1.html#name", "man/knem.1.html", "/", "#here", "https://example.org"];
    const body = links.map((link) => `<a href="${link}">x</a>`).join("");
    expect(of(`${body}<p id="here"><img src="/copies.svg">`)).toEqual([]);
  });

  it("tells what is not there, and on which page", () => {
    expect(of('<a href="/nowhere.html">x</a>')).toEqual([
      "guide.html: nothing is at /nowhere.html",
    ]);
    expect(of('<img src="plot.svg">')).toEqual(["guide.html: nothing is at plot.svg"]);
    expect(of('<a href="/man/knem.1.html#names">x</a>')).toEqual([
      "guide.html: there is no #names in man/knem.1.html",
    ]);
    expect(of('<a href="#there">x</a>')).toEqual(["guide.html: there is no #there in guide.html"]);
  });

  it("knows below which path the site is", () => {
    expect(of('<a href="/docs/man/knem.1.html#name">x</a>', "/docs/")).toEqual([]);
    expect(of('<a href="/guide.html">x</a>', "/docs/")).toEqual([
      "guide.html: nothing is at /guide.html",
    ]);
  });

  it("wants a title and a description", () => {
    expect(problemsOf([{ path: "a.html", html: "<title></title>" }], files, "/")).toEqual([
      "a.html has no title",
      "a.html has no description",
    ]);
  });
});
