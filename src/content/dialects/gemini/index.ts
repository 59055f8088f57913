/**
 * Gemini's dialect, as the Gemini API and Vertex AI speak it: which request is for which operation. Paths must be exact: a slash,
 * case or escape more is another path, for which an upstream may have another operation.
 */
import type { Dialect } from "../../../domain/dialect.ts";
import { cachedContents, dialect, isMethod, models, operationFor, operations } from "./operations.ts";

const id = String.raw`[\w.@-]{1,128}`;
/** Of the Gemini API: models, and others that are named by their kind. */
const ownModel = `models/${id}|(?:tunedModels|dynamic)/${id}`;
/** Of Vertex AI; with a key alone there is no project. */
const vertexModel = `(?:projects/${id}/locations/${id}/)?publishers/${id}/models/${id}|projects/${id}/locations/${id}/endpoints/${id}`;
const version = "/v1(?:alpha|beta1?)?";
const asking = new RegExp(`^${version}/(${ownModel}|${vertexModel}):([A-Za-z]{1,32})$`);
const listing = new RegExp(`^${version}/(?:models|tunedModels|publishers/${id}/models)(?:/${id})?$`);
const caching = new RegExp(`^${version}/(?:projects/${id}/locations/${id}/)?cachedContents$`);
const longestPath = 1024;

export function createGemini(): Dialect {
  return {
    id: dialect,
    operations,
    match({ method, path, query }) {
      if (path.length > longestPath) return null;
      if (method === "GET" || method === "HEAD") return listing.test(path) ? models : null;
      if (method !== "POST") return null;
      if (caching.test(path)) return cachedContents;
      const [, model = "", verb = ""] = asking.exec(path) ?? [];
      if (!isMethod(verb)) return null;
      return operationFor(verb, { model: nameOf(model), events: eventsOf(query) });
    },
  };
}

/** As people call it: `gemini-2.5-flash`; with its kind where that is none of the models. */
function nameOf(model: string): string {
  return /(?:^|\/)models\/([^/]+)$/.exec(model)?.[1] ?? model.split("/").slice(-2).join("/");
}

/** Google's parameters may begin with "$"; the last word counts. */
function eventsOf(query: string): "sse" | "list" {
  const alt = query.split("&").findLast((pair) => /^(?:\$|%24)?alt=/i.test(pair));
  return alt?.slice(alt.indexOf("=") + 1) === "sse" ? "sse" : "list";
}
