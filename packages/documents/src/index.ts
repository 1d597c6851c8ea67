// SPDX-License-Identifier: BSD-3-Clause
export { type Document, place, readDocuments } from "./document.js";
export { type Field, fieldsOf, namesOf } from "./header.js";
export { brokenLinks } from "./link.js";
export { anchorOf, type Block, type Page, readPage } from "./markdown.js";
export { type Proof, proofOf, shown } from "./proof.js";
export { commandsOf, wordsOf } from "./shell.js";
export { regionOf } from "./snippet.js";
export { problems, refreshed } from "./verify.js";
export { unknownWords, type Vocabulary } from "./vocabulary.js";
