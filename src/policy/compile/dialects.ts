/** A policy's own dialects, checked and put into the form that `content/` makes them of. Pure. */
import type {
  AnswerTemplate,
  DescribedDialect,
  DialectPaths,
  DescribedOperation,
  DescribedPlace,
  PointerPattern,
} from "../../domain/described.ts";
import { places, type Role, roles } from "../../domain/segment.ts";
import type { DialectsSource, OperationSource, PlaceSource } from "../source/dialect-source.ts";
import { type Note, within } from "./note.ts";

type Own = { readonly described: readonly DescribedDialect[]; readonly paths: readonly DialectPaths[] };

/** `taken`: names of the program's own dialects. `note`: at `dialects`. */
export function compileDialects(source: DialectsSource | undefined, taken: readonly string[], note: Note): Own {
  const known: DialectPaths[] = [];
  const paths = new Map<string, string>();
  const described = Object.entries(source ?? {}).flatMap(([id, one]): DescribedDialect[] => {
    const { operations } = one;
    const more = one.paths !== undefined || one.prefixes !== undefined;
    if (more && taken.length > 0 && !taken.includes(id))
      note(
        [id],
        `paths and prefixes are for dialects of the program (${taken.join(", ")}); describe yours by operations`,
      );
    if (one.paths !== undefined && id !== "mcp")
      note(
        [id, "paths"],
        "only mcp has paths of your choice; write prefixes, which stand before the paths of the others",
      );
    if (one.prefixes !== undefined && id === "mcp")
      note([id, "prefixes"], "a server of mcp has one path; write it whole: paths: [...]");
    if (more) known.push({ id, paths: one.paths ?? [], prefixes: one.prefixes ?? [] });
    if (operations === undefined) {
      if (!more) note([id], "nothing is said of this dialect; write operations, prefixes, or paths");
      return [];
    }
    if (taken.includes(id) || id === "unknown" || id === "generic")
      note([id], `the program has a dialect "${id}" already; give yours another name`);
    return [
      {
        id,
        operations: Object.entries(operations).map(([name, one]) => {
          const before = paths.get(one.path);
          if (before !== undefined)
            note(
              [id, "operations", name, "path"],
              `"${one.path}" is the path of ${before} already; remove one of them`,
            );
          paths.set(one.path, `${id}/${name}`);
          return compileOperation(`${id}/${name}`, one, within(note, id, "operations", name));
        }),
      },
    ];
  });
  return { described, paths: known };
}

function compileOperation(id: string, one: OperationSource, note: Note): DescribedOperation {
  const { path, stream = false, events, answers = {} } = one;
  if (stream !== false && events === undefined)
    note(["stream"], "the client may get a stream, so events is missing; write events: { form: sse, texts: [...] }");
  return {
    id,
    path: path
      .slice(1)
      .split("/")
      .map((segment) => (segment === "*" ? null : segment)),
    stream: typeof stream === "boolean" ? stream : patternOf(stream),
    prompt: compilePlaces(one.prompt, "none", within(note, "prompt")),
    reply: compilePlaces(one.reply, "assistant", within(note, "reply")),
    events:
      events === undefined
        ? null
        : {
            form: events.form,
            end: events.end ?? null,
            places: compilePlaces(events.texts, "assistant", within(note, "events", "texts")),
          },
    answers: {
      error: (answers.error as AnswerTemplate | undefined) ?? null,
      refusal: (answers.refusal as AnswerTemplate | undefined) ?? null,
      events: (answers.events as readonly AnswerTemplate[] | undefined) ?? null,
    },
  };
}

function compilePlaces(sources: readonly PlaceSource[], role: Role, note: Note): readonly DescribedPlace[] {
  const seen = new Map<string, number>();
  return sources.map(({ at, as, json = false, continues = false }, index) => {
    const before = seen.get(at);
    if (before !== undefined)
      note([index, "at"], `"${at}" is named already, as item ${before + 1}; remove one of them`);
    const above = sources.findIndex((other) => at.startsWith(`${other.at}/`));
    if (above !== -1)
      note(
        [index, "at"],
        `"${at}" stands within "${sources[above]?.at ?? ""}", which is read whole; remove one of them`,
      );
    seen.set(at, index);
    return { at: patternOf(at), as: meaningOf(as, role), json, continues };
  });
}

const patternOf = (pointer: string): PointerPattern =>
  pointer
    .slice(1)
    .split("/")
    .map((step) => (step === "*" ? null : step.replaceAll("~1", "/").replaceAll("~0", "~")));

/** `role`: of texts whose place says nothing of it. */
function meaningOf(word: string, role: Role): DescribedPlace["as"] {
  if (word === "protocol") return null;
  const speaker = roles.find((one) => word === (one === "none" ? "text" : `${one}-text`));
  if (speaker !== undefined) return { place: "content", role: speaker === "none" ? role : speaker };
  const place = places.find((one) => one === word) ?? "other";
  return { place, role: place === "tool-result" || place === "document" ? "tool" : role };
}
