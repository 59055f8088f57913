/** Where text stands in replies of Bedrock's Converse API and in the events of its streams, as tables. */
import {
  each,
  jsonText,
  list,
  media,
  object,
  type ObjectSpec,
  other,
  protocol,
  type Spec,
  text,
  tree,
} from "../../table/spec.ts";
import { citation, errorMembers, message, sourceOf } from "./parts.ts";

/** Bedrock's own guardrail tells what it found, in the words that it found. */
export const trace: Spec = object({
  promptRouter: protocol,
  guardrail: object({
    modelOutput: list(text("content")),
    ...each(["inputAssessment", "outputAssessments"], tree("annotation")),
    // As operations call them whose replies are the models' own.
    ...each(["input", "outputs"], tree("annotation")),
    actionReason: text("annotation"),
  }),
});

const told = {
  ...errorMembers,
  ...each(["stopReason", "usage", "metrics", "performanceConfig", "serviceTier"], protocol),
  additionalModelResponseFields: other,
  trace,
};

export const converseReply: Spec = object({ ...told, output: object({ message }) });

export const countTokensReply: Spec = object({ ...errorMembers, inputTokens: protocol });

/** What comes instead of a stream. */
export const errorReply: Spec = object(errorMembers);

const start: Spec = object({
  toolUse: object({ ...each(["toolUseId", "type"], protocol), name: text("tool-name", "name") }, { call: true }),
  toolResult: protocol,
  image: protocol,
});

const delta: Spec = object({
  text: text("content", "text"),
  toolUse: object({ input: jsonText("tool-arguments", "input") }, { call: true }),
  toolResult: list(object({ text: text("tool-result", "result"), json: tree("tool-result") }, { role: "tool" })),
  reasoningContent: object({
    text: text("reasoning", "reasoning"),
    signature: media("encrypted"),
    redactedContent: media("encrypted"),
  }),
  citation,
  image: object({ source: sourceOf("image"), error: object({ message: text("error") }) }),
});

/** Any event: their members do not collide. `p` is padding, so that the length of an event does not tell that of its text. */
export const converseEvent: ObjectSpec = object(
  { ...told, ...each(["p", "role", "contentBlockIndex"], protocol), start, delta },
  { numbered: { as: "block", by: ["contentBlockIndex"] }, grows: true },
);

/** What is held of a block's texts goes where the block ends. */
export const blockStopEvent: ObjectSpec = { ...converseEvent, ends: true };

/** Events that tell what went wrong. */
export const exceptionNames: readonly string[] = [
  ...["internalServerException", "modelStreamErrorException", "validationException", "throttlingException"],
  ...["serviceUnavailableException", "modelTimeoutException"],
];

/** Other events may come one day: each text in them is judged. */
export const eventNames: ReadonlySet<string> = new Set([
  ...["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"],
  ...exceptionNames,
]);
