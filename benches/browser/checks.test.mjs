// The checks themselves: each finds the one thing that is wrong with a page.

import assert from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { axeCore } from "./axe.mjs";
import { check } from "./checks.mjs";
import { Chromium, findChromium } from "./chromium.mjs";

const program = findChromium();
const axe = axeCore();
const skip = program ? false : "there is no Chromium here";
let folder, browser;

before(async () => {
    folder = mkdtempSync(join(tmpdir(), "lineage-pages-"));
    if (program) browser = await Chromium.start(program);
});

after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
});

/** What the checks say of a page with this body. */
async function said(body, style = "") {
    const file = join(folder, "page.html");
    const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title><style>${style}</style>`;
    writeFileSync(file, `<!doctype html><html lang="en"><head>${head}</head><body><main><h1>A page</h1>${body}</main></body></html>`);
    return check(browser, file, axe);
}

const FOLD = "<details><summary>More</summary><p>folded</p></details>";
const SHOWN_ON_PAPER = "@media print { details::details-content { content-visibility: visible; } summary { display: none; } }";

test("a sound page has no fault", { skip }, async () => {
    assert.deepEqual(await said(`<p id="here"><a href="#here">Here</a> <a href="https://example.org">there</a></p>${FOLD}`, SHOWN_ON_PAPER), []);
});

const FAULTS = {
    "an error in the console": ["<script>console.error('oh')</script>", "the console says: oh"],
    "an exception": ["<script>throw new Error('oh')</script>", "the console says: Error: oh"],
    "a part that is wider than a phone": ["<div style='width: 500px'>wide</div>", "at 390 pixels it is too wide: <div> wide"],
    "a link to no file": ["<a href='none.csv'>none</a>", "none.csv leads to no file"],
    "a link to no part": ["<a href='#none'>none</a>", "the link #none leads to no part"],
    "a link that is not encrypted": ["<a href='http://example.org'>there</a>", "is none of https"],
    "a text that paper lacks": [FOLD, "paper lacks 1 of 1 folded texts"],
};
for (const [fault, [body, sentence]] of Object.entries(FAULTS)) {
    test(`${fault} is found`, { skip }, async () => {
        const found = await said(body);
        assert.ok(found.length === 1 && found[0].includes(sentence), JSON.stringify(found));
    });
}

test("a text too pale to read is found in the scheme that has it", { skip: skip || (!axe && "axe-core was not fetched") }, async () => {
    const found = await said("<p>pale</p>", "@media (prefers-color-scheme: dark) { body { background: #222; color: #333; } }");
    assert.ok(found.length === 1 && found[0].includes("color-contrast") && found[0].includes("dark"), JSON.stringify(found));
});
