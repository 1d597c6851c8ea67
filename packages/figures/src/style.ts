// SPDX-License-Identifier: BSD-3-Clause
import { pictureStyle } from "./drawing.js";
import { inBothLights, ink, outcome, paper } from "./palette.js";

const colours = inBothLights(
  { paper, ...ink, ...outcome },
  (name, colour) => `:root{--${name}:${colour}}`,
);

/** Shadows at the edges behind which there is more of a table; paper that moves with it covers them at its ends. */
const shadows = `background:
linear-gradient(to right,var(--paper) 1rem,transparent 2rem) left/3rem 100% no-repeat local,
linear-gradient(to left,var(--paper) 1rem,transparent 2rem) right/3rem 100% no-repeat local,
linear-gradient(to right,var(--line),transparent) left/.8rem 100% no-repeat scroll,
linear-gradient(to left,var(--line),transparent) right/.8rem 100% no-repeat scroll`;

/** How a page looks. */
export const pageStyle = `
:root{color-scheme:light dark}
${colours}
${pictureStyle}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.55 system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{margin:0;font-size:2rem;line-height:1.2;letter-spacing:-.015em}
h2{margin:3rem 0 .75rem;font-size:1.25rem;line-height:1.3;overflow-wrap:anywhere}
p.note{margin:.5rem 0 0;color:var(--soft)}
p.lead{margin:1.25rem 0 0;font-size:1.2rem}
nav{margin-top:2rem;padding-top:1rem;border-top:1px solid var(--line)}
nav ul{columns:20rem;column-gap:2rem;margin:0;padding:0;list-style:none}
nav li{break-inside:avoid;padding:.1rem 0}
a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.2em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid currentColor;outline-offset:3px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:2.5rem 2rem}
figure{margin:0;max-width:36rem}
figcaption strong,figcaption span{display:block}
figcaption span{color:var(--soft);font-size:.9rem}
figure>svg{display:block;width:100%;margin-top:.5rem}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.5rem 0 0;padding:0;list-style:none;font-size:.9rem}
.key svg{width:28px;height:12px;margin-right:.4rem;vertical-align:-1px}
.wide{overflow-x:auto;${shadows}}
table{border-collapse:collapse;font-size:.95rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .8rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
th{font-weight:600;color:var(--soft)}
th{vertical-align:bottom}
th.number,td.number{text-align:right}
th.number{white-space:normal}
td.words{min-width:12rem;white-space:normal}
th:first-child,td:first-child{padding-left:0}
td.no{color:var(--no);font-weight:600}
td.yes{color:var(--yes);font-weight:600}
details{border-bottom:1px solid var(--line)}
summary{padding:.55rem 0;cursor:pointer;overflow-wrap:anywhere}
details .wide{padding:.25rem 0 1.25rem}
@media(max-width:40rem){main{padding:1.5rem 1rem 3rem}h1{font-size:1.6rem}}
@media print{nav{display:none}details{break-inside:avoid}}`;
