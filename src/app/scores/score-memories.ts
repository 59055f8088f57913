/**
 * How texts of prompts were judged: in this process, and where replicas share a store, there. What is kept says neither text nor
 * tenant: it is found by a keyed digest of the whole question, and in the store it is sealed for that place alone.
 *
 * Invariant: an answer is given for the question that it was kept for and no other. What is not authentic, or not what an answer can
 * be, is not known; losing all of it costs inference and nothing else.
 */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { Clock, SharedStore } from "../../domain/ports.ts";
import type { ScoreMemories, ScoreQuestion, ScoreRecall } from "../../domain/score-memory.ts";
import type { MaybeAsync } from "../../stdx/maybe-async.ts";
import type { ScoreMetrics } from "../../telemetry/score-metrics.ts";
import { derivedOnce, type Key, type Keys, subkey } from "../sharing/keys.ts";
import { seal, unseal } from "../sharing/seal.ts";
import { decodeAnswer, encodeAnswer, findingsMax } from "./answer-bytes.ts";
import type { ProcessScores } from "./process-scores.ts";
import { type Asker, questionDigest } from "./question-digest.ts";

/** Of a text and what it is held against, in UTF-16 code units: digesting more at once would hold up streams. */
export const questionUnitsMax = 262_144;

export type ScoreMemoriesParts = {
  readonly own: ProcessScores;
  /** Nobody outside knows it. */
  readonly ownKey: Uint8Array;
  /** `keys`: those in force; the first writes, all read. `null`: nothing is shared. */
  readonly shared: { readonly store: SharedStore; readonly keys: () => Keys } | null;
  readonly release: string;
  readonly clock: Pick<Clock, "epochS">;
  /** Seconds that an answer is kept. */
  readonly ttlS: number;
  readonly metrics: ScoreMetrics;
};

type Subkeys = { readonly id: string; readonly place: KeyObject; readonly sealing: Uint8Array };

/** Nothing is known and nothing kept. */
const unknown: ScoreRecall = { kind: "new", keep: () => undefined };

export function createScoreMemories(parts: ScoreMemoriesParts): ScoreMemories {
  const { own, shared, release, clock, ttlS, metrics } = parts;
  const ownKey = createSecretKey(parts.ownKey);
  const subkeys = shared === null ? () => [] : derivedOnce(shared.keys, subkeysOf);

  const isNew = (digest: Buffer, place: string): ScoreRecall => {
    metrics.asked("new");
    return {
      kind: "new",
      keep(answer) {
        if (answer.length > findingsMax) return;
        const kept = { expiresS: clock.epochS() + ttlS, answer };
        own.put(place, kept);
        const [writing] = subkeys();
        if (shared === null || writing === undefined) return;
        const at = sharedPlace(writing, digest);
        shared.store.put(at, seal(writing.sealing, writing.id, at, encodeAnswer(kept)), ttlS);
      },
    };
  };

  const lookUp = async (store: SharedStore, key: Subkeys, digest: Buffer, units: number) => {
    const at = sharedPlace(key, digest);
    const sealed = await store.get(at);
    if (sealed === null) return null;
    const plain = unseal(key.sealing, key.id, at, sealed);
    const kept = plain === null ? null : decodeAnswer(plain, units);
    if (kept === null) metrics.rejected();
    return kept;
  };

  const recallShared = async (store: SharedStore, digest: Buffer, place: string, units: number) => {
    const looked = await Promise.all(subkeys().map((key) => lookUp(store, key, digest, units)));
    const nowS = clock.epochS();
    // An old one that somebody put back is none.
    const kept = looked.find((each) => each !== null && each.expiresS > nowS) ?? null;
    if (kept === null) return isNew(digest, place);
    own.put(place, kept);
    metrics.asked("redis");
    return { kind: "known", answer: kept.answer } as const;
  };

  const recall = (asker: Asker, question: ScoreQuestion): MaybeAsync<ScoreRecall> => {
    const { text, evidence } = question;
    if (text.length + (evidence?.length ?? 0) > questionUnitsMax) return unknown;
    const digest = questionDigest(asker, question);
    const place = keyed(ownKey, digest);
    const known = own.get(place, clock.epochS());
    if (known !== null) {
      metrics.asked("process");
      return { kind: "known", answer: known };
    }
    return shared === null ? isNew(digest, place) : recallShared(shared.store, digest, place, text.length);
  };

  return { of: (tenant, policy) => ({ recall: (question) => recall({ release, tenant, policy }, question) }) };
}

const keyed = (key: KeyObject, digest: Buffer): string => createHmac("sha256", key).update(digest).digest("base64url");

const sharedPlace = ({ place }: Subkeys, digest: Buffer): string => `scores:${keyed(place, digest)}`;

const subkeysOf = (key: Key): Subkeys => ({
  id: key.id,
  place: createSecretKey(subkey(key, "scores: place")),
  sealing: subkey(key, "scores: seal"),
});
