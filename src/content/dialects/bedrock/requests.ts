/**
 * Where text stands in requests of Bedrock's Converse API, as tables. What a table does not name is judged as `other`; so are the
 * fields that go to the model as they are (`additionalModelRequestFields`).
 */
import {
  each,
  list,
  media,
  object,
  other,
  partList,
  partText,
  protocol,
  reference,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
} from "../../table/spec.ts";
import { guardContent, message } from "./parts.ts";

export const system: Spec = partList(
  object({ text: partText("content"), guardContent, cachePoint: protocol }, { role: "system" }),
);

export const toolConfig: Spec = object({
  tools: list(
    object({
      toolSpec: toolDefinition,
      systemTool: object({ name: reference("provider-tool") }),
      cachePoint: protocol,
    }),
  ),
  toolChoice: protocol,
});

const conversation = {
  messages: list(message),
  system,
  toolConfig,
  additionalModelRequestFields: other,
};

const settings: readonly string[] = [
  "guardrailConfig",
  "additionalModelResponseFieldPaths",
  "performanceConfig",
  "serviceTier",
];

export const converseRequest: Spec = object({
  ...conversation,
  ...each(settings, protocol),
  inferenceConfig: object({ ...each(["maxTokens", "temperature", "topP"], protocol), stopSequences: tree("stop") }),
  // They take their places in a prompt that the provider keeps.
  promptVariables: said("user", object({}, { rest: object({ text: text("input") }) })),
  requestMetadata: tree("metadata"),
  outputConfig: object({
    effort: protocol,
    textFormat: object({ type: protocol, structure: object({ jsonSchema: toolDefinition }) }),
  }),
});

/** The body of another operation: as it is, or as base64 that nobody reads here. */
export const countTokensRequest: Spec = object({
  input: object({ converse: object(conversation), invokeModel: object({ body: media("binary") }) }),
});

/** A prompt that the provider keeps, named by the path. Of no body: it makes the matrix's cell. */
export const namedByPath: Spec = object({ modelId: reference("stored-prompt") }, { drop: true });
