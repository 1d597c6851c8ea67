// SPDX-License-Identifier: BSD-3-Clause
import type { Page } from "./contents.js";

/** The page that the site opens with; its links are as from the checkout's top. */
export const home: Page = { kind: "markdown", source: "home", slug: "index" };

const front = {
  layout: "home",
  title: "KNEM",
  titleTemplate: "fast copies between processes",
  hero: {
    name: "KNEM",
    text: "One copy instead of two",
    tagline:
      "A process declares a region of its memory; others copy from it, or to it, with one system call. For MPI libraries, and for everything else that shares big buffers on one machine.",
    image: { src: "/copies.svg", alt: "Shared memory takes two copies, a KNEM region takes one" },
    actions: [
      { theme: "brand", text: "Get started", link: "/guide" },
      { theme: "alt", text: "Programming interface", link: "/interface" },
      { theme: "alt", text: "How fast?", link: "/performance" },
    ],
  },
  features: [
    {
      title: "What programs know",
      details:
        "/dev/knem, knem_io.h and cat /dev/knem are what they always were. Open MPI, UCX and MPICH need no change.",
      link: "/interface",
    },
    {
      title: "Rust on stock kernels",
      details:
        "The module is written in Rust and builds for the kernels that distributions ship, and again at each upgrade.",
      link: "/support",
    },
    {
      title: "Every rule is proven",
      details:
        "Each rule of the contract with programs names the test that proves it on a booted kernel.",
      link: "/contract",
    },
    {
      title: "See that it is used",
      details:
        "knem stats, top and doctor tell what happens and why a request failed. Prometheus reads it, too.",
      link: "/man/knem.1",
    },
  ],
};

const body = `
## The larger the copy, the more it counts

![Copies by KNEM beside those by process_vm_readv, over their size](docs/performance/uml-against-cma.svg)

Ratios of one run, every byte verified: [how they were measured, and the rest](docs/performance.md).

## Try it

On Debian, in a checkout, with Node and nothing else, this builds the module for the newest stock kernel, boots that in an
emulator, and lets two processes copy:

\`\`\`sh
npm start
\`\`\`
`;

/** Its text for the generator. */
export const homeText = `---\n${JSON.stringify(front)}\n---\n${body}`;
