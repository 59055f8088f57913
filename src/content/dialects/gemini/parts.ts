/**
 * Where text stands in Gemini's `Content` and its parts, on their way in and out. Lanes have meaning only in replies.
 *
 * Google's servers read protobuf's JSON: each name also as the definition has it (`inline_data`), and one value where a list is
 * due. So do these tables.
 */
import type { Place, Role } from "../../../domain/segment.ts";
import {
  byMedia,
  choice,
  each,
  flag,
  jsonValue,
  list,
  media,
  object,
  type ObjectSpec,
  partList,
  partText,
  protocol,
  type Spec,
  text,
  tree,
  link,
} from "../../table/spec.ts";

type Members = Readonly<Record<string, Spec>>;

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Each member by both of its names. */
export const both = (members: Members): Members => ({
  ...members,
  ...Object.fromEntries(Object.entries(members).map(([name, spec]) => [snake(name), spec])),
});

export const message = (members: Members, options: Parameters<typeof object>[1] = {}): ObjectSpec =>
  object(both(members), options);

/** A list, or the one thing that would be in it. */
export const several = (one: Spec): Spec => choice({ list: list(one), object: one });

export const roleNames: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["user", "user"],
  ["model", "assistant"],
]);

/** By what `mimeType` says of it. Files are documents, and text in base64. */
const bytesOf = (as: "image" | "audio" | "video" | "file"): Spec =>
  message({ mimeType: protocol, data: media(as), displayName: text("name") });
const kinds = { image: bytesOf("image"), audio: bytesOf("audio"), video: bytesOf("video") };
const bytes: Spec = byMedia("mimeType", kinds, bytesOf("file"), byMedia("mime_type", kinds, bytesOf("file")));

/** What `fileUri` names is read by the provider alone. */
const file: Spec = message({
  mimeType: protocol,
  fileUri: link("file"),
  displayName: text("name"),
});

/**
 * Arguments come whole, or (`partialArgs`) string by string: `jsonPath` says which of them a piece belongs to. `stream.ts` tells one
 * call from the next.
 */
const functionCall: Spec = message(
  {
    ...each(["id", "willContinue"], protocol),
    name: text("tool-name"),
    args: jsonValue("tool-arguments"),
    partialArgs: list(
      message(
        {
          ...each(["boolValue", "nullValue", "willContinue"], protocol),
          jsonPath: text("tool-arguments"),
          stringValue: text("tool-arguments", "value"),
          numberValue: tree("tool-arguments"),
        },
        { numbered: { as: "argument", by: [], named: "jsonPath" } },
      ),
    ),
  },
  { call: true, within: "call/" },
);

const functionResponse: Spec = message(
  {
    ...each(["id", "willContinue", "scheduling"], protocol),
    name: text("tool-name"),
    response: tree("tool-result"),
    parts: several(
      message({ text: text("tool-result"), inlineData: bytes, fileData: file, mediaProcessing: protocol }),
    ),
  },
  { role: "tool" },
);

/** Told beside the texts that it is spoken in, and again word by word. */
const transcription = (place: Place): Spec =>
  message(
    {
      ...each(["finished", "languageCode", "speakerLabel", "startOffset", "endOffset"], protocol),
      text: text(place, "transcript"),
      words: list(message({ ...each(["startOffset", "endOffset"], protocol), word: text(place) })),
    },
    { repeats: ["words"] },
  );

/** One part; which of these members it has says what it is. */
const partOf = (place: Place, spoken: Spec): Spec =>
  message({
    ...each(["thought", "videoMetadata", "mediaResolution", "mediaProcessing"], protocol),
    text: spoken,
    thoughtSignature: media("encrypted"),
    inlineData: bytes,
    fileData: file,
    functionCall,
    functionResponse,
    executableCode: message({ ...each(["id", "language"], protocol), code: text("tool-arguments") }),
    codeExecutionResult: message(
      { ...each(["id", "outcome"], protocol), output: text("tool-result") },
      { role: "tool" },
    ),
    // Tools that the provider runs.
    toolCall: message({ ...each(["id", "toolType"], protocol), args: jsonValue("tool-arguments") }),
    toolResponse: message({ ...each(["id", "toolType"], protocol), response: tree("tool-result") }, { role: "tool" }),
    audioTranscription: transcription(place),
    partMetadata: tree("metadata"),
    speechMetadata: message({ speaker: text("name"), style: text("metadata") }),
  });

/** What was thought is told beside what was said, and goes on by itself. */
const part = (place: Place): Spec =>
  flag("thought", partOf(place, partText("reasoning", "thought")), partOf(place, partText(place, "text")));

export const content = (place: Place, options: Pick<ObjectSpec, "role">): ObjectSpec => contentOf(part(place), options);

/** Of one who is no model: a text that says of itself that it was thought is a text like others. */
export const plainContent = (place: Place, options: Pick<ObjectSpec, "role">): ObjectSpec =>
  contentOf(partOf(place, partText(place, "text")), options);

const contentOf = (one: Spec, options: Pick<ObjectSpec, "role">): ObjectSpec =>
  message(
    { role: protocol, parts: choice({ list: partList(one), object: one }) },
    { ...options, roleNames, grows: true },
  );
