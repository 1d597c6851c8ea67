// SPDX-License-Identifier: BSD-3-Clause
export { comparisonText } from "./compare.js";
export { writeDocumentation } from "./docs.js";
export { type Bed, type BenchDocument, beds, formatDocument, parseDocument } from "./document.js";
export { type Tried, tryOut, withExperiments } from "./experiment/measure.js";
export { experimentRuns, quickExperimentRuns } from "./experiment/runs.js";
export { html } from "./html.js";
export { measure } from "./measure.js";
export { type BenchOptions, benchOptions } from "./options.js";
export { measureOverlap, overlapText } from "./overlap.js";

export { type Profiled, profiles, withProfiles } from "./profile/measure.js";
export { type Profile, total } from "./profile/profile.js";
export { parseSubject, type Subject, usualSubjects } from "./profile/subject.js";
export { quickRunsOf, runsOf } from "./runs.js";
export { text } from "./text.js";
