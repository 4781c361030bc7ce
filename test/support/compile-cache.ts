import { enableCompileCache, flushCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

/** Where bin/vestibule.js keeps what Node has made of the sources. */
export const COMPILED = fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url));

/** Without it, every process of the tests strips and compiles all sources anew: half of what a server's start costs. */
enableCompileCache(COMPILED);

/** Mocha ends its processes in a way in which Node does not write what it has compiled. */
export const keepCompiled = flushCompileCache;
