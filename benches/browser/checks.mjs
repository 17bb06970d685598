// What must hold of a page of the report or of the book. Each check returns one sentence for everything that is wrong.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A phone and a desk, in pixels. */
export const SCREENS = [[390, 844], [1400, 900]];
export const SCHEMES = ["light", "dark"];

/** All checks of one page; `axe` is the source of axe-core, or nothing. */
export async function check(browser, file, axe) {
    const wrong = await open(browser, file);
    wrong.push(...await links(browser));
    wrong.push(...await print(browser));
    for (const [width, height] of SCREENS) {
        await screen(browser, width, height);
        wrong.push(...(await browser.run(wideParts)).map((part) => `at ${width} pixels it is too wide: ${part}`));
    }
    if (axe) wrong.push(...await accessibility(browser, axe));
    return wrong;
}

/** Loads a page; what the console says against it. */
export async function open(browser, file) {
    const said = new Set();
    const enough = browser.listen((event, content) => {
        if (event === "Log.entryAdded" && content.entry.level === "error") {
            said.add(`${content.entry.text} ${content.entry.url ?? ""}`.trim());
        }
        if (event === "Runtime.exceptionThrown") said.add(content.exceptionDetails.exception?.description ?? "an error");
        if (event === "Runtime.consoleAPICalled" && content.type === "error") {
            said.add(content.args.map((arg) => arg.value ?? arg.description).join(" "));
        }
    });
    for (const domain of ["Page", "Runtime", "Log"]) await browser.send(`${domain}.enable`);
    const loaded = browser.next("Page.loadEventFired");
    const { errorText } = await browser.send("Page.navigate", { url: pathToFileURL(file).href });
    if (errorText) throw new Error(`${file} cannot be opened: ${errorText}`);
    await loaded;
    enough();
    return [...said].map((message) => `the console says: ${message}`);
}

/** Shows the page on a screen of this size. */
export async function screen(browser, width, height, scheme = "light") {
    await browser.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await browser.send("Emulation.setEmulatedMedia", { media: "screen", features });
}

/** Unfolds all that is folded. */
export const unfold = (browser) => browser.run(() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
});

/** Every link leads to a file that exists, and to a part that it has; what is elsewhere is named by https. */
async function links(browser) {
    const links = await browser.run(() => {
        const named = [...document.querySelectorAll("[href], [src]")].filter((element) => !element.closest("svg"));
        return [...new Set(named.map((element) => element.href ?? element.src))];
    });
    const own = new URL(await browser.run(() => document.location.href));
    return links.map((link) => problemOfLink(new URL(link), own)).filter(Boolean);
}

function problemOfLink(link, own) {
    if (link.protocol === "https:" || link.protocol === "data:") return undefined;
    if (link.protocol !== "file:") return `the link ${link} is none of https`;
    const path = fileURLToPath(new URL(link.pathname, own));
    if (!existsSync(path)) return `the link ${link.href.replace(own.href, "")} leads to no file`;
    const part = decodeURIComponent(link.hash.slice(1));
    const has = () => [`id="${part}"`, `id=${part}`].some((id) => readFileSync(path, "utf8").includes(id));
    return part && !has() ? `the link ${link.hash} leads to no part of ${path}` : undefined;
}

/** On paper stands what is folded on the screen. */
async function print(browser) {
    await screen(browser, ...SCREENS[1]);
    const folded = await browser.run(() => {
        const folds = [...document.querySelectorAll("details")];
        const wasOpen = folds.map((fold) => fold.open);
        folds.forEach((fold) => (fold.open = true));
        const texts = folds.flatMap((fold) => [...fold.querySelectorAll(":scope > :not(summary), :scope > :not(summary) *")]);
        const says = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        window.unfolded = [...new Set(texts)].filter((element) => says(element) && element.checkVisibility());
        folds.forEach((fold, i) => (fold.open = wasOpen[i]));
        return window.unfolded.length;
    });
    await browser.send("Emulation.setEmulatedMedia", { media: "print" });
    const lost = await browser.run(() => {
        const lost = window.unfolded.filter((element) => !element.checkVisibility());
        delete window.unfolded;
        return lost.map((element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 60));
    });
    if (lost.length === 0) return [];
    return [`paper lacks ${lost.length} of ${folded} folded texts, the first of which is "${lost[0]}"`];
}

/** In the page: the outermost parts that stand out over its edge although nothing scrolls them. */
function wideParts() {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = (element) => element.getBoundingClientRect().right > width + 0.5;
    const scrolls = (element) => element && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    const parts = [...document.body.querySelectorAll("*")].filter((element) => wide(element) && !scrolls(element.parentElement));
    const inner = parts.filter((element) => ![...element.children].some((child) => parts.includes(child)));
    const name = ({ localName, id, className }) => `<${localName}${id && ` id=${id}`}${typeof className === "string" && className && ` class=${className}`}>`;
    const shown = inner.slice(0, 5).map((element) => `${name(element)} ${element.textContent.trim().slice(0, 40)}`);
    return shown.length ? shown : ["the page"];
}

/** Nothing that axe-core finds, in both colour schemes and on both screens, with all unfolded. */
async function accessibility(browser, axe) {
    await browser.send("Runtime.evaluate", { expression: axe });
    const wrong = new Map();
    for (const scheme of SCHEMES) {
        for (const [width, height] of SCREENS) {
            await screen(browser, width, height, scheme);
            await unfold(browser);
            const found = await browser.run(async () => {
                const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
                return violations.map(({ id, help, nodes }) => [id, help, nodes.length, nodes[0].html, nodes[0].any[0]?.message]);
            });
            for (const [id, help, places, first, why] of found) {
                if (wrong.has(id)) continue;
                const where = `${places} times, first in ${first.slice(0, 160)}${why ? ` (${why})` : ""}`;
                wrong.set(id, `${help} (${id}), ${scheme} at ${width} pixels: ${where}`);
            }
        }
    }
    return [...wrong.values()];
}
