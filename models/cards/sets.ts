/**
 * What the models that ship are measured on, as data: which sets, under what licence, by which head. Where each comes from stands
 * in its rows. Only files that training does not read are named here, but for what `note` says.
 */

export type SetSource = {
  /** Within the data folder; `null`: the project's own cases. */
  readonly file: string;
  readonly isOwn: boolean;
  readonly licence: string;
  readonly note: string | null;
};

const data = (file: string, licence: string, note: string | null = null): SetSource => ({
  file: `${file}.jsonl.gz`,
  isOwn: false,
  licence,
  note,
});
const own = (file: string): SetSource => ({ file: `${file}.jsonl`, isOwn: true, licence: "Apache-2.0", note: null });

export const sets = {
  llmwarden: data("prompt_injection/llmwarden.test", "MIT"),
  piguard: data("prompt_injection/piguard_valid.dev", "MIT", "development part; there is no other"),
  gsm8k: data("prompt_injection/gsm8k_benign.test", "MIT"),
  mtbench: data("prompt_injection/mtbench_benign.test", "Apache-2.0"),
  awesome: data("prompt_injection/awesome_benign.test", "CC0-1.0"),
  frr: data("prompt_injection/frr_benign.test", "MIT"),
  clinc: data("prompt_injection/clinc_benign.test", "CC-BY-3.0"),
  banking77: data("prompt_injection/banking77_benign.test", "CC-BY-4.0"),
  documents: data("prompt_injection/documents_benign.test", "Apache-2.0"),
  bipia: data("prompt_injection/bipia.test", "MIT"),
  xstest: data("harm_request/xstest.test", "CC-BY-4.0"),
  aart: data("harm_request/aart.test", "CC-BY-4.0"),
  "frr-safe": data("harm_request/frr_safe.test", "MIT"),
  "mtbench-safe": data("harm_request/mtbench_safe.test", "Apache-2.0"),
  surge: data("toxicity/surge.test", "MIT"),
  paradetox: data("toxicity/paradetox.test", "CC0-1.0"),
  davidson: data("toxicity/davidson.test", "MIT", "mostly profanity, 83 % of label 1"),
  edos: data("sexism/edos.test", "CC0-1.0", "its rows of label 0 hold other abuse"),
  "presidio-large": data(
    "pii/presidio_generated_large.test",
    "MIT",
    "generated, clean; templates unlike those of its train part",
  ),
  wnut17: data("pii/wnut17.dev", "CC-BY-4.0", "tweets; development part; there is no other"),
  "sec-filings": data("pii/sec_filings.test", "CC-BY-3.0", "contracts; calls Borrower and Lender persons"),
  clinc150: data("topics/clinc150.test", "CC-BY-3.0", "10 domains, and 1,000 rows of none"),
  "clinc150-train": data("topics/clinc150.train", "CC-BY-3.0", "examples are chosen from it; nothing is judged"),
  "banking77-topics": data("topics/banking77.test", "CC-BY-4.0"),
  "banking77-train": data("topics/banking77.train", "CC-BY-4.0", "examples are chosen from it; nothing is judged"),
  xquad: data(
    "groundedness/xquad_qa.train",
    "CC-BY-SA-4.0",
    "train part: the encoder has read its texts, not which belong together",
  ),
  summedits: data("groundedness/summedits.test", "Apache-2.0"),
  "begin-wow": data(
    "groundedness/begin_wow.dev",
    "CC-BY-4.0",
    "development part: features and threshold were chosen on it",
  ),
  "fever-symmetric": data("groundedness/fever_symmetric.train", "CC-BY-SA-3.0", "fitted on it"),
  "fool-me-twice": data("groundedness/fool_me_twice.train", "Apache-2.0", "pairs made from it were fitted on"),
  "cases/injection": own("injection"),
  "cases/injection-pair": own("injection-pair"),
  "cases/harm-request": own("harm-request"),
  "cases/harm-toxicity": own("harm-toxicity"),
  "cases/harm-sexism": own("harm-sexism"),
  "cases/names": own("names"),
} as const satisfies Readonly<Record<string, SetSource>>;
export type SetName = keyof typeof sets;

/**
 * One set as a head is asked about it. `part`: `null`, or what is different from the set as it is. `isPooled`: its rows of label 0
 * are among those of which 1 % give the common threshold. `isAveraged`: a set of label 1 in the mean over sets.
 */
export type Asked = {
  readonly set: SetName;
  readonly part: "text alone" | null;
  readonly isPooled: boolean;
  readonly isAveraged: boolean;
};

/** `mention`: families of cases whose harmless rows mention attacks. */
export type ScoresPlan = {
  readonly kind: "scores";
  readonly asked: readonly Asked[];
  readonly cases: SetName | null;
  readonly mention: readonly string[];
};
export type NamesPlan = { readonly kind: "names"; readonly asked: readonly Asked[]; readonly cases: SetName | null };
export type VectorsPlan = { readonly kind: "vectors" };
export type Plan = ScoresPlan | NamesPlan | VectorsPlan;

type Use = "averaged" | "pooled" | "apart";
const ask = (use: Use, ...names: readonly SetName[]): readonly Asked[] =>
  names.map((set) => ({ set, part: null, isPooled: use !== "apart", isAveraged: use === "averaged" }));

const safeRequests = ask("pooled", "frr-safe", "mtbench-safe");

/** By the head's name. A bundle's head that is not here is a mistake: nobody would know how good it is. */
export const headPlans: Readonly<Record<string, Plan>> = {
  injection: {
    kind: "scores",
    asked: [
      ...ask("averaged", "llmwarden", "piguard"),
      ...ask("pooled", "gsm8k", "mtbench", "awesome", "frr", "clinc", "banking77", "documents"),
      { set: "bipia", part: "text alone", isPooled: false, isAveraged: false },
    ],
    cases: "cases/injection",
    mention: ["quote", "security"],
  },
  "injection-pair": { kind: "scores", asked: ask("averaged", "bipia"), cases: "cases/injection-pair", mention: [] },
  harm: { kind: "scores", asked: [...ask("averaged", "xstest", "surge"), ...safeRequests], cases: null, mention: [] },
  request: {
    kind: "scores",
    asked: [...ask("averaged", "xstest", "aart"), ...safeRequests],
    cases: "cases/harm-request",
    mention: [],
  },
  toxicity: {
    kind: "scores",
    asked: [...ask("averaged", "surge", "paradetox"), ...ask("apart", "davidson", "mtbench", "documents")],
    cases: "cases/harm-toxicity",
    mention: [],
  },
  sexism: {
    kind: "scores",
    asked: [...ask("averaged", "edos"), ...ask("apart", "mtbench", "documents")],
    cases: "cases/harm-sexism",
    mention: [],
  },
  names: { kind: "names", asked: ask("apart", "presidio-large", "wnut17", "sec-filings"), cases: "cases/names" },
  embedding: { kind: "vectors" },
};

/** Detectors that need no model and have a card, by the name of their folder. */
export const detectorPlans: Readonly<Record<string, ScoresPlan>> = {
  groundedness: {
    kind: "scores",
    asked: ask("apart", "summedits", "begin-wow", "fever-symmetric", "fool-me-twice"),
    cases: null,
    mention: [],
  },
};

/** The sets that vectors are measured on. */
export const vectorSets = {
  topics: { test: "clinc150", examples: "clinc150-train" },
  /** One topic against the rows of `topics`, but for topics that are much alike. */
  banking: { test: "banking77-topics", examples: "banking77-train", alike: ["banking", "credit_cards"] },
  relevance: "xquad",
} as const;

/** Examples of a topic. */
export const examplesOfTopic = 8;
