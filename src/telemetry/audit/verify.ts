/**
 * Reads an audit record line by line and says where it is not what was written. Pure, in one pass; it keeps the last place of each
 * chain alone, so that a record may be of any length.
 *
 * Invariant: no line can be changed, taken out, put in or moved, and no end cut off, without a finding that is no note. Two things
 * only a head from elsewhere shows: an end that was cut off where an instance had stopped well, and a record written anew where
 * nothing is signed. What was before the first line nobody can tell: it is a note.
 */
import type { PublicKey } from "./checkpoint.ts";
import { checkpointText } from "./checkpoint.ts";
import { type Head, noHead } from "./chain.ts";
import { entries, type Finding, type FindingKind, type Place } from "./findings.ts";
import { HeadWatch, type KnownHead } from "./head-watch.ts";
import { checkpointFields, lineBegins, lostCount, type ReadLine, readLine, startFields } from "./read-line.ts";

export type VerifyOptions = {
  /** `null`: signatures are not looked at. */
  readonly publicKey: PublicKey | null;
  /** Entries that are known from elsewhere. */
  readonly heads: readonly KnownHead[];
  /** Lines of other things, and of several instances, stand between: a log, or what replicas wrote to one stream. */
  readonly isMixed: boolean;
};

export type Line = {
  readonly text: string;
  /** Of the line without its end; `text` may be shorter where it is too long. */
  readonly bytes: number;
  readonly place: Place;
  /** The line has its end. */
  readonly isEnded: boolean;
  /** Of the file's first line: the number that its name gives it; `null`: none. */
  readonly named?: number | null;
};

export type Summary = {
  readonly entries: number;
  readonly exchanges: number;
  readonly starts: number;
  /** That could not be written, as the record says. */
  readonly lost: number;
  readonly checkpoints: number;
  /** Of them those whose signature is good. */
  readonly signed: number;
  readonly isAnySigned: boolean;
  readonly first: number;
  readonly head: Head;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Instances whose chains are open at once. */
const instancesMax = 1024;
/** Lines that may come again, of one instance, where lines are mixed. */
const repeatedMax = 512;

/** `sealed`: a stop, and the checkpoint after it. */
type End = "open" | "stopped" | "sealed";

type Track = {
  head: Head;
  instance: string;
  place: Place;
  timeMs: number;
  checkpoint: Head;
  /** The last entry that a good checkpoint covers. */
  covered: number;
  end: End;
  readonly recent: (Head | undefined)[];
};

export class Verifier {
  readonly #options: VerifyOptions;
  readonly #tracks = new Map<string, Track>();
  readonly #heads: HeadWatch;
  #foreign: Line | null = null;
  #isFirst = true;
  #summary = {
    ...{ entries: 0, exchanges: 0, starts: 0, lost: 0, checkpoints: 0, signed: 0, isAnySigned: false },
    ...{ first: 0, head: noHead, fromMs: 0, toMs: 0 },
  };

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#heads = new HeadWatch(options.heads);
  }

  get summary(): Summary {
    return this.#summary;
  }

  /** Lines in the order in which they stand. */
  step(line: Line): readonly Finding[] {
    const read = readLine(line.text);
    const found: Finding[] = [];
    if (read === null) {
      if (this.#options.isMixed && !line.text.startsWith(lineBegins)) return found;
      found.push(...this.#settleForeign(null, line));
      this.#foreign = line;
      return found;
    }
    found.push(...this.#settleForeign(read, null));
    const say = (kind: FindingKind, text: string): void => void found.push({ kind, place: line.place, text });
    if (!read.isIntact) say("edited", `entry ${read.seq} was changed: its hash is not that of what stands there`);
    if (line.named != null && line.named !== read.seq)
      say("other-first", `the file's name says that it begins with entry ${line.named}; it begins with ${read.seq}`);
    this.#count(read);
    if (read.isIntact) this.#heads.pass(read);
    const track = read.kind === "start" ? this.#start(read, say) : this.#go(read, say);
    this.#isFirst = false;
    if (track === null) return found;
    Object.assign(track, { head: { seq: read.seq, hash: read.hash }, instance: read.instance, place: line.place });
    // Of a checkpoint and the end of a file it is when they were made: what had waited by then is older, and stands after them.
    if (read.kind !== "checkpoint" && read.kind !== "rotate") {
      if (read.timeMs < track.timeMs) say("clock-back", `the clock went back before entry ${read.seq}`);
      track.timeMs = read.timeMs;
    }
    if (this.#options.isMixed) track.recent[read.seq % repeatedMax] = track.head;
    this.#ending(track, read, say);
    this.#tracks.set(read.instance, track);
    return found;
  }

  /** When the last line was given. */
  end(): readonly Finding[] {
    const found: Finding[] = [];
    const { publicKey } = this.#options;
    if (this.#foreign !== null) {
      const { isEnded, place } = this.#foreign;
      if (isEnded) found.push(...this.#settleForeign(null, null));
      else found.push({ kind: "torn-end", place, text: "the last line was not written to its end" });
    }
    if (this.#summary.entries === 0) found.push({ kind: "empty", place: null, text: "there is no entry" });
    for (const { place, head, end, covered } of this.#tracks.values()) {
      const rest = head.seq - covered;
      if (end !== "sealed")
        found.push({
          kind: "open-end",
          place,
          text: `the record ends with entry ${head.seq} and no stop: the guard still runs, was killed, or the end was cut off`,
        });
      if (publicKey !== null && rest > 0)
        found.push({
          kind: "unsigned-end",
          place,
          text: `no signed checkpoint stands after the last ${entries(rest)}`,
        });
    }
    return [...found, ...this.#heads.end(this.#summary)];
  }

  #count({ kind, seq, timeMs, hash, line }: ReadLine): void {
    const summary = this.#summary;
    summary.entries += 1;
    if (summary.entries === 1) Object.assign(summary, { first: seq, fromMs: timeMs });
    Object.assign(summary, { head: { seq, hash }, toMs: timeMs });
    if (kind === "exchange") summary.exchanges += 1;
    if (kind === "start") summary.starts += 1;
    if (kind === "lost") summary.lost += lostCount({ line } as ReadLine);
  }

  /** What cannot be read is no harm where the next line shows that its writing was cut short. */
  #settleForeign(next: ReadLine | null, nextForeign: Line | null): readonly Finding[] {
    const foreign = this.#foreign;
    if (foreign === null) return [];
    this.#foreign = null;
    const { text, place, bytes } = foreign;
    const isSame = bytes > 0 && bytes === text.length;
    const torn: Finding = {
      kind: "torn",
      place,
      text: "a line that was not written to its end, and then written again",
    };
    if (next !== null) {
      if (isSame && next.line.length > bytes && next.line.startsWith(text)) return [torn];
      const start = next.kind === "start" ? startFields(next) : null;
      if (start !== null && bytes > 0 && start.torn === bytes)
        return [{ ...torn, text: `a line that was not written to its end when the instance ended (${bytes} bytes)` }];
    }
    if (nextForeign !== null && isSame && nextForeign.text.startsWith(text)) return [torn];
    const what = text.startsWith(lineBegins) ? "a line that was changed" : "a line that is no entry";
    return [{ kind: "foreign", place, text: `${what}: it cannot be read` }];
  }

  #start(read: ReadLine, say: Say): Track | null {
    const fields = startFields(read);
    const { after = null, end = "none" } = fields ?? {};
    const old = after === null ? undefined : this.#tracks.get(after.instance);
    const isHere = this.#isFirst || this.#options.isMixed;
    if (this.#tracks.has(read.instance)) {
      say("out-of-order", "an instance starts a second time");
      return null;
    }
    if (after === null) {
      if (!isHere) say("unlinked", "a record begins anew here, and does not say that it follows what stands before");
      if (read.seq !== 1 || read.prev !== noHead.hash) say("gap", `the first entry has the number ${read.seq}`);
      return this.#opened(read, say);
    }
    if (old === undefined) {
      if (!isHere)
        say("unknown-instance", `it follows an instance of which nothing stands before (entry ${after.seq})`);
      else say("begins-late", `entries 1 to ${after.seq} are not here`);
      this.#checkNext(read, after, say);
      return this.#opened(read, say);
    }
    this.#tracks.delete(after.instance);
    // What was written after the last checkpoint is not known to who starts with a kept checkpoint alone.
    const goesBack = this.#options.isMixed && end !== "clean" && sameHead(after, old.checkpoint);
    if (goesBack) old.head = after;
    if (after.seq < old.head.seq)
      say("out-of-order", `it follows entry ${after.seq}, but ${old.head.seq} stands before`);
    else if (after.seq > old.head.seq)
      say(end === "cut" ? "cut-tail" : "gap", `${entries(after.seq - old.head.seq)} of before this start are missing`);
    else if (after.hash !== old.head.hash)
      say("replaced", `entry ${after.seq} is another than the one that was written`);
    if (end !== "clean") say("unclean-end", "the instance before ended without a stop, as after a crash");
    this.#checkNext(read, after, say);
    old.end = "open";
    return old;
  }

  /** A start says twice what it follows. */
  #checkNext({ seq, prev }: ReadLine, after: Head, say: Say): void {
    if (seq !== after.seq + 1 || prev !== after.hash) say("replaced", "a start that does not follow what it names");
  }

  #go(read: ReadLine, say: Say): Track | null {
    const track = this.#tracks.get(read.instance);
    if (track === undefined) {
      if (this.#isFirst || this.#options.isMixed) say("begins-late", `entries before ${read.seq} are not here`);
      else say("unknown-instance", `entry ${read.seq} is of an instance whose start is not here`);
      return this.#opened(read, say);
    }
    const { head } = track;
    if (read.seq <= head.seq) {
      const same = track.recent[read.seq % repeatedMax];
      if (same !== undefined && sameHead(same, read)) say("repeated", `entry ${read.seq} stands here again`);
      else say("out-of-order", `entry ${read.seq} comes after entry ${head.seq}`);
      return null;
    }
    const missing = read.seq - head.seq - 1;
    if (missing > 0) say("gap", `${entries(missing)} before entry ${read.seq} are missing`);
    else if (read.prev !== head.hash) say("replaced", `entry ${head.seq} is another than the one that was written`);
    if (track.end === "sealed" || (track.end === "stopped" && read.kind !== "checkpoint"))
      say("after-stop", `entry ${read.seq} stands after the stop of its instance`);
    return track;
  }

  #opened(read: ReadLine, say: Say): Track | null {
    if (this.#tracks.size >= instancesMax) {
      say("too-many-instances", `more than ${instancesMax} instances at once`);
      return null;
    }
    const { instance, seq, timeMs } = read;
    const place = { file: "", line: 0 };
    return { head: noHead, instance, place, timeMs, checkpoint: noHead, covered: seq - 1, end: "open", recent: [] };
  }

  #ending(track: Track, read: ReadLine, say: Say): void {
    if (read.kind === "lost") say("lost", `${entries(lostCount(read))} could not be written before entry ${read.seq}`);
    if (read.kind === "stop") track.end = "stopped";
    if (read.kind !== "checkpoint") return;
    const fields = checkpointFields(read);
    if (fields === null) return say("edited", "a checkpoint that cannot be read");
    this.#summary.checkpoints += 1;
    if (fields.signed !== null) this.#summary.isAnySigned = true;
    if (fields.reason === "stop" && track.end === "stopped") track.end = "sealed";
    track.checkpoint = track.head;
    const { publicKey } = this.#options;
    if (publicKey === null) return;
    if (fields.signed === null) return say("not-signed", "a checkpoint without a signature");
    const { key, signature, text } = fields.signed;
    if (key !== publicKey.id) return say("wrong-key", `a checkpoint signed with another key (${idOf(key)})`);
    if (!publicKey.isSigned(checkpointText(text), signature))
      return say("bad-signature", "a checkpoint whose signature is wrong");
    this.#summary.signed += 1;
    track.covered = read.seq;
  }
}

type Say = (kind: FindingKind, text: string) => void;

const sameHead = (one: Head, other: Head): boolean => one.seq === other.seq && one.hash === other.hash;
const idOf = (key: string): string => (/^[0-9a-f]{16}$/.test(key) ? key : "of no form that is known");
