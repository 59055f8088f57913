/** How a command that judges and ends runs models: by its flag, and by the variables that `serve` reads too. */
import { readConfig } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import type { ModelSettings } from "../config/models.ts";
import { err, ok, type Result } from "../stdx/result.ts";

export const modelsFlag = ["--models <folder>", "the models' folder (default: models)"] as const;

/** The error has a line for each mistake. */
export function readModelSettings(folder: string | undefined): Result<ModelSettings, readonly string[]> {
  const env = readEnvironment();
  const ofModels = Object.entries(env).filter(
    ([name]) => name.startsWith("SALLYPORT_MODELS_") || name === "OPENVINO_LIBS",
  );
  const config = readConfig({ file: null, env: Object.fromEntries(ofModels), flags: {} });
  if (!config.ok) return err(config.error.map(({ where, message }) => `${where}: ${message}`));
  return ok(folder === undefined ? config.value.models : { ...config.value.models, folder });
}
