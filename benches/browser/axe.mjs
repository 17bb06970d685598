// axe-core, which `npm ci --prefix benches/browser --ignore-scripts` fetches in the version that package-lock.json pins.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Its source, or nothing if it was not fetched. */
export function axeCore() {
    const file = join(dirname(fileURLToPath(import.meta.url)), "node_modules", "axe-core", "axe.min.js");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
