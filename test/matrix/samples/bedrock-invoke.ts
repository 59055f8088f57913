// Bodies of the models' own on Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html. Anthropic's are
// those of its own API, but for the version.

import { at, type Sample } from "../sample.ts";
import { samples as anthropic } from "./anthropic.ts";
import { prompts } from "./bedrock-invoke-prompts.ts";
import { answered, replies } from "./bedrock-invoke-replies.ts";
import { streams } from "./bedrock-invoke-streams.ts";

const invoke = { dialect: "bedrock/invoke", operation: "bedrock/invoke" } as const;
const stream = { dialect: "bedrock/invoke-stream", operation: "bedrock/invoke-stream" } as const;
const pathOf = (model: string, streams = false): string =>
  `/model/${encodeURIComponent(model)}/invoke${streams ? "-with-response-stream" : ""}`;

const claude = "anthropic.claude-sonnet-4-20250514-v1:0";
const version = { anthropic_version: "bedrock-2023-05-31" };
/** A sample of Anthropic's own API as Bedrock has it. */
function onBedrock({ mode, prompt, reply, unjudged }: Sample): readonly Sample[] {
  if (prompt.kind !== "json") return [];
  const { model: _model, stream: _stream, ...body } = prompt.body as Record<string, unknown>;
  const shared = {
    prompt: { kind: "json", body: { ...version, ...body } },
    reply,
    ...(unjudged === undefined ? {} : { unjudged }),
  } as const;
  if (reply.kind === "sse") {
    const events = reply.events.map(({ data }) => ({ name: "chunk", data }));
    return [
      {
        ...stream,
        ...shared,
        path: pathOf(claude, true),
        mode: "reply-event-stream",
        reply: { kind: "event-stream-bytes", events },
      },
    ];
  }
  return [
    { ...invoke, ...shared, path: pathOf(claude), mode },
    ...(mode === "prompt-json" ? [{ ...stream, ...shared, path: pathOf(claude, true), mode }] : []),
  ];
}

export const samples: readonly Sample[] = [
  ...anthropic.filter(({ operation }) => operation === "anthropic/messages").flatMap(onBedrock),
  ...prompts.flatMap(([model, body]): Sample[] => {
    const shared = { mode: "prompt-json", prompt: { kind: "json", body }, reply: answered } as const;
    return [
      { ...invoke, ...shared, path: pathOf(model) },
      { ...stream, ...shared, path: pathOf(model, true) },
    ];
  }),
  ...replies.map(
    ([model, body, status = 200]): Sample => ({
      ...invoke,
      path: pathOf(model),
      mode: "reply-json",
      prompt: { kind: "json", body: { inputText: at("input") } },
      reply: { kind: "json", status, body },
    }),
  ),
  ...streams.map(
    ([model, events]): Sample => ({
      ...stream,
      path: pathOf(model, true),
      mode: "reply-event-stream",
      prompt: { kind: "json", body: { inputText: at("input") } },
      reply: { kind: "event-stream-bytes", events },
    }),
  ),
  {
    ...stream,
    path: pathOf(claude, true),
    mode: "reply-json",
    prompt: { kind: "json", body: { inputText: at("input") } },
    reply: { kind: "json", status: 400, body: { message: at("error"), aNewField: at("other") } },
  },
];
