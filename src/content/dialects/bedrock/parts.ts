/** Where text stands in the content blocks of Bedrock's Converse API, on their way in and out. Lanes have meaning only in replies. */
import type { Role, UnjudgedKind } from "../../../domain/segment.ts";
import {
  each,
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

/** What a model looks at, in the body or in a bucket. */
export const sourceOf = (as: UnjudgedKind): Spec =>
  object({
    bytes: media(as),
    s3Location: object({ uri: link(as), bucketOwner: protocol }),
  });

/** The provider could not make what should stand here. */
const blockError: Spec = object({ message: text("error") });

const mediaBlock = (as: UnjudgedKind): Spec => object({ format: protocol, source: sourceOf(as), error: blockError });

/** A document's bytes are counted whatever its format, plain text too: they are base64. */
const document: Spec = object({
  format: protocol,
  name: text("name"),
  context: text("document"),
  citations: protocol,
  source: object({
    bytes: media("file"),
    s3Location: object({ uri: link("file"), bucketOwner: protocol }),
    text: text("document"),
    content: partList(object({ text: partText("document") })),
  }),
});

/** Whoever searched did what a tool does. */
const searchResult: Spec = object(
  {
    source: text("document"),
    title: text("document"),
    content: partList(object({ text: partText("document") })),
    citations: protocol,
  },
  { role: "tool" },
);

const toolResult: Spec = object(
  {
    ...each(["toolUseId", "status", "type"], protocol),
    content: partList(
      object({
        text: partText("tool-result"),
        json: tree("tool-result"),
        image: mediaBlock("image"),
        video: mediaBlock("video"),
        document,
        searchResult,
      }),
    ),
  },
  { role: "tool" },
);

export const guardContent: Spec = object({
  text: object({ text: partText("content"), qualifiers: protocol }),
  image: object({ format: protocol, source: object({ bytes: media("image") }) }),
});

const citedPlaces: readonly string[] = ["documentChar", "documentPage", "documentChunk", "searchResultLocation"];

/** Whole wherever it stands, in an event of a stream too. */
export const citation: Spec = object({
  title: text("citation"),
  source: text("citation"),
  sourceContent: list(object({ text: text("citation") })),
  location: object({
    ...each(citedPlaces, protocol),
    web: object({ url: link(), domain: text("url") }),
  }),
});

/** Tools come and go in the middle of a conversation by their names. */
const toolChange: Spec = object({
  tool: object({ type: protocol, name: text("tool-name"), serverName: text("name") }),
});

/** A block has one of them, which tells what it is. */
export const blockMembers = {
  text: partText("content"),
  image: mediaBlock("image"),
  video: mediaBlock("video"),
  audio: mediaBlock("audio"),
  document,
  searchResult,
  toolUse: object(
    { ...each(["toolUseId", "type"], protocol), name: text("tool-name"), input: jsonValue("tool-arguments") },
    { call: true },
  ),
  toolResult,
  guardContent,
  cachePoint: protocol,
  reasoningContent: object({
    reasoningText: object({ text: partText("reasoning"), signature: media("encrypted") }),
    redactedContent: media("encrypted"),
  }),
  citationsContent: object({ content: list(object({ text: partText("content") })), citations: list(citation) }),
  toolAddition: toolChange,
  toolRemoval: toolChange,
};

const speakers: ReadonlyMap<string, Role> = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "system"],
]);

export const message: ObjectSpec = object(
  { role: protocol, content: partList(object(blockMembers), "block") },
  { role: "own", roleNames: speakers },
);

/** As every operation's errors have them, in a body or in a stream. */
export const errorMembers = {
  message: text("error"),
  Message: text("error"),
  originalMessage: text("error"),
  ...each(["__type", "code", "originalStatusCode", "resourceName"], protocol),
};
