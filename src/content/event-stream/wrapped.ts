/**
 * JSON text that travels as base64 within JSON: `{"bytes":"eyJ...","p":"abc"}`, as Bedrock streams what a model says in its own
 * format. `p` is padding. Beside the bytes nothing may stand that could hold text: nobody would judge it.
 */
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { decodeUtf8, encodeUtf8 } from "../json/decode.ts";
import { type JsonMember, parseJson } from "../json/parse.ts";
import { applyEdits } from "../json/splice.ts";
import { isToken } from "../table/shapes.ts";

/** The event whose payload is of that kind. */
export const chunkName = "chunk";

const bytesKey = "bytes";
const base64 = (text: string): string => Buffer.from(encodeUtf8(text)).toString("base64");

export type Wrapped = { readonly text: string; readonly with: (text: string) => string };

/** Errors: `not-json`, `malformed-frame` for another shape, `not-utf8` for what the bytes hold. */
export function readWrapped(payload: string): Result<Wrapped, Unreadable> {
  const document = parseJson(payload);
  if (!document.ok) return document;
  const { root } = document.value;
  if (root.kind !== "object") return err("malformed-frame");
  // Some readers take keys whatever their case.
  const named = root.members.filter(({ key }) => key.toLowerCase() === bytesKey);
  const [only] = named;
  const rest = root.members.filter((member) => !named.includes(member));
  if (only?.key !== bytesKey || named.length > 1 || !rest.every(saysNothing)) return err("malformed-frame");
  const { value } = only;
  if (value.kind !== "string") return err("malformed-frame");
  const bytes = Buffer.from(value.value, "base64");
  // Nothing but what each reader reads alike.
  if (bytes.toString("base64") !== value.value) return err("malformed-frame");
  const text = decodeUtf8(bytes);
  if (!text.ok) return text;
  return ok({
    text: text.value,
    with: (other) => applyEdits(payload, [{ range: value.span, text: `"${base64(other)}"` }]),
  });
}

function saysNothing({ key, value }: JsonMember): boolean {
  if (!isToken(key)) return false;
  if (value.kind === "string") return isToken(value.value);
  return value.kind === "literal" || (value.kind === "number" && value.digits === null);
}

export const wrapped = (text: string): string => JSON.stringify({ bytes: base64(text) });
