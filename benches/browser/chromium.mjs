// Headless Chromium, spoken to through two pipes: one JSON message after another, each ended by a zero byte
// (https://chromedevtools.github.io/devtools-protocol/). Needs Node, no package.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The program to start: what the variable CHROMIUM names, else the first of the usual names; undefined if there is none. */
export function findChromium() {
    const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES;
    return names.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
}

/** A browser with one page in it. */
export class Chromium {
    #messages = 0;
    #waiting = new Map();
    #heard = [];
    #session;

    static async start(program) {
        const browser = new Chromium(program);
        const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
        browser.#session = (await browser.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
        return browser;
    }

    constructor(program) {
        this.profile = mkdtempSync(join(tmpdir(), "lineage-browser-"));
        const flags = ["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run"];
        // Chromium refuses to start its sandbox as root, which containers often are.
        const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
        const stdio = ["ignore", "ignore", "ignore", "pipe", "pipe"];
        this.process = spawn(program, [...flags, ...root, `--user-data-dir=${this.profile}`], { stdio });
        this.exited = new Promise((resolve) => this.process.once("exit", resolve));
        this.exited.then(() => this.#lose(new Error(`${program} ended before its time`)));
        let rest = Buffer.alloc(0);
        this.process.stdio[4].on("data", (data) => {
            rest = Buffer.concat([rest, data]);
            for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1)) {
                this.#receive(JSON.parse(rest.toString("utf8", 0, end)));
            }
        });
        this.process.stdio[3].on("error", (error) => this.#lose(error));
    }

    /** Calls a method of the protocol; what it answers. */
    send(method, params = {}) {
        const id = ++this.#messages;
        const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
        this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.#session }) + "\0");
        return answer;
    }

    /** Calls `listener` with the name and the content of every event, until what it returns is called. */
    listen(listener) {
        this.#heard.push(listener);
        return () => (this.#heard = this.#heard.filter((other) => other !== listener));
    }

    /** Resolves when the event comes for the next time. */
    async next(method) {
        let enough;
        await new Promise((resolve) => (enough = this.listen((name) => name === method && resolve())));
        enough();
    }

    /** Runs a function in the page, with arguments that JSON can hold; what it returns, likewise. */
    async run(f, ...given) {
        const expression = `(${f})(...${JSON.stringify(given)})`;
        const options = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = await this.send("Runtime.evaluate", options);
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    async close() {
        this.process.kill();
        await this.exited;
        rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
    }

    #receive({ id, method, params, result, error }) {
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (error) waiting?.reject(new Error(error.message));
        else waiting?.resolve(result);
        if (method) this.#heard.forEach((listener) => listener(method, params));
    }

    #lose(error) {
        this.#waiting.forEach(({ reject }) => reject(error));
        this.#waiting.clear();
    }
}
