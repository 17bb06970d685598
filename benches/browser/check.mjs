// Looks at pages in headless Chromium:
//
//     npm ci --prefix benches/browser --ignore-scripts                  # once: fetches axe-core, 3 MB
//     node benches/browser/check.mjs report/index.html                  # the checks
//     node benches/browser/check.mjs --screens shots report/index.html  # and a picture of each screen, to be looked at
//
// Where there is no Chromium it says so and ends well; where there is no axe-core it does the rest.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { axeCore } from "./axe.mjs";
import { SCHEMES, SCREENS, check, open, screen, unfold } from "./checks.mjs";
import { Chromium, findChromium } from "./chromium.mjs";

/** A page may be long; a browser that hangs must not hang the caller. */
const PATIENCE_SECONDS = 180;

/** A picture of the whole page on each screen, light and dark, as it opens and unfolded. */
async function photograph(browser, file, folder) {
    mkdirSync(folder, { recursive: true });
    for (const unfolded of [false, true]) {
        await open(browser, file);
        if (unfolded) await unfold(browser);
        for (const scheme of SCHEMES) {
            for (const [width, height] of SCREENS) {
                await screen(browser, width, height, scheme);
                // Chromium draws no more than 16,384 pixels.
                const clip = { x: 0, y: 0, width, height: 16000, scale: 1 };
                clip.height = Math.min(clip.height, await browser.run(() => document.documentElement.scrollHeight));
                const { data } = await browser.send("Page.captureScreenshot", { clip, captureBeyondViewport: true });
                const name = [basename(file, ".html"), width, scheme, ...(unfolded ? ["unfolded"] : [])].join("-");
                writeFileSync(join(folder, `${name}.png`), Buffer.from(data, "base64"));
            }
        }
    }
}

async function main() {
    const options = { screens: { type: "string" } };
    const { values, positionals: files } = parseArgs({ options, allowPositionals: true });
    const missing = files.find((file) => !existsSync(file));
    if (files.length === 0 || missing) throw new Error(missing ? `${missing} does not exist` : "name the pages to look at");
    const program = findChromium();
    if (!program) return console.log("There is no Chromium here, so no page was looked at. CHROMIUM may name one.");
    const axe = axeCore();
    if (!axe) console.log("axe-core was not fetched, so its checks are left out.");
    for (const file of files) {
        const browser = await Chromium.start(program);
        const watchdog = setTimeout(() => browser.close(), PATIENCE_SECONDS * 1000);
        try {
            const wrong = await check(browser, resolve(file), axe);
            if (values.screens) await photograph(browser, resolve(file), values.screens);
            wrong.forEach((sentence) => console.log(`${file}: ${sentence}`));
            console.log(`${file}: ${wrong.length} faults`);
            if (wrong.length > 0) process.exitCode = 1;
        } finally {
            clearTimeout(watchdog);
            await browser.close();
        }
    }
}

main().catch((error) => {
    console.error(error.message);
    process.exitCode = 2;
});
