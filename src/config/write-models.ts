/**
 * Writes settings of models into a configuration's text: comments and the order of what stands there are kept. The only file
 * of config/ that knows the yaml package. Pure.
 */
import { parseDocument } from "yaml";
import type { Mistake } from "../domain/policy.ts";
import { readDocument } from "../policy/document.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { checkConfig } from "./config.ts";
import type { ModelSettings } from "./models.ts";

export type MeasuredSettings = Pick<ModelSettings, "backend" | "precision" | "threads" | "streams" | "batchTokensMax">;

/** `source` is `null` for a configuration that is not there yet. A text with mistakes is left alone: the error lists them. */
export function withModelSettings(
  source: Uint8Array | null,
  settings: MeasuredSettings,
): Result<string, readonly Mistake[]> {
  const before = source ?? Buffer.from("kind: Config\nversion: 1\n");
  const mistakes = mistakesOf(before);
  if (mistakes.length > 0) return err(mistakes);
  const document = parseDocument(new TextDecoder().decode(before));
  for (const [name, value] of Object.entries(settings)) document.setIn(["models", name], value);
  const text = document.toString({ lineWidth: 0 });
  const wrong = mistakesOf(Buffer.from(text));
  return wrong.length > 0 ? err(wrong) : ok(text);
}

function mistakesOf(source: Uint8Array): readonly Mistake[] {
  const document = readDocument(source);
  return document.ok ? checkConfig(document.value) : document.error;
}
