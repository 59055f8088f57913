/** Where text stands in requests of Ollama's own API, as tables. What a table does not name is judged as `other`. */
import {
  choice,
  each,
  list,
  media,
  object,
  protocol,
  said,
  type Spec,
  text,
  toolDefinition,
  tree,
  unreadable,
  variant,
} from "../../table/spec.ts";
import { speakers, spoken } from "./parts.ts";

/** Names of numbers and switches, as a model file has them. */
const optionNames: readonly string[] = [
  ...["num_keep", "seed", "num_predict", "top_k", "top_p", "min_p", "tfs_z", "typical_p", "repeat_last_n"],
  ...["temperature", "repeat_penalty", "presence_penalty", "frequency_penalty", "mirostat", "mirostat_tau"],
  ...["mirostat_eta", "penalize_newline", "numa", "num_ctx", "num_batch", "num_gpu", "main_gpu", "low_vram", "f16_kv"],
  ...["logits_all", "vocab_only", "use_mmap", "use_mlock", "embedding_only", "num_thread"],
];

const shared = {
  ...each(["model", "keep_alive", "truncate"], protocol),
  options: object({ ...each(optionNames, protocol), stop: tree("stop") }),
};

const generating = {
  ...shared,
  ...each(["stream", "think", "shift", "logprobs", "top_logprobs", "_debug_render_only"], protocol),
  /** `json`, or the schema itself. */
  format: choice({ string: protocol, object: toolDefinition }),
};

const fromSystem: Spec = said("system", text("content"));

export const generateRequest: Spec = object({
  ...generating,
  ...each(["raw", "width", "height", "steps"], protocol),
  // The server makes messages of them.
  prompt: said("user", text("content")),
  suffix: said("user", text("suffix")),
  system: fromSystem,
  template: fromSystem,
  images: list(media("image")),
  /** Earlier turns, as the numbers of their tokens. A client can write any text so, and nobody here could read it. */
  context: list(choice({ number: unreadable("token-ids") })),
});

const message = (place: "content" | "tool-result"): Spec =>
  object({ ...spoken, content: text(place) }, { role: "own", roleNames: speakers });

export const chatRequest: Spec = object({
  ...generating,
  messages: list(variant("role", { tool: message("tool-result") }, message("content"))),
  tools: toolDefinition,
});

export const embedRequest: Spec = object({
  ...shared,
  dimensions: protocol,
  input: choice({ string: text("input"), list: list(text("input")) }),
});

/** The older form of `embed`. */
export const embeddingsRequest: Spec = object({ ...shared, prompt: text("input") });

/** What a model is, with other instructions if the client says some. */
export const showRequest: Spec = object({
  ...shared,
  ...each(["name", "verbose"], protocol),
  system: fromSystem,
  template: fromSystem,
});
