// Loaded before a test file: fast-check is then the wider one beside this file.

import { registerHooks } from "node:module";

const wider = new URL("./wider-fast-check.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "fast-check" || context.parentURL === wider) return next(specifier, context);
    return { url: wider, format: "module-typescript", shortCircuit: true };
  },
});
