import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bodyOf, type Chain, createChain, type Entry, hashOf, noHead } from "./chain.ts";
import { readPublicKey, readSigner } from "./checkpoint.ts";
import { type Finding, type FindingKind, weightOf } from "./findings.ts";
import { readHead } from "./head-watch.ts";
import { readLine } from "./read-line.ts";
import { Verifier, type VerifyOptions } from "./verify.ts";

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signer = readSigner(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  const verifying = readPublicKey(publicKey.export({ type: "spki", format: "pem" }).toString());
  assert.ok(signer.ok && verifying.ok);
  return { signer: signer.value, publicKey: verifying.value };
}
const key = makeKey();
const instances = ["a", "b", "c"].map((letter) => letter.repeat(24));

const timeAt = (at: number): number => 1_760_000_000_000 + at * 7;
const entry = (kind: Entry["kind"], at: number, fields: object = {}): Entry => ({
  kind,
  timeMs: timeAt(at),
  body: bodyOf(fields),
});

type Made = { readonly lines: readonly string[]; readonly chain: Chain };

/** What one instance writes: a start, exchanges with checkpoints between, and the sealed stop where it ends well. */
function run(instance: string, before: Made | null, exchanges: number, isClean = true, signer = key.signer): Made {
  const head = before?.chain.head ?? noHead;
  const chain = createChain(instance, head);
  const from = before?.lines.at(-1);
  const after = from === undefined ? null : { instance: readLine(from)?.instance ?? "", ...head };
  const end = after === null ? "none" : from?.includes('"for":"stop"') ? "clean" : "unclean";
  const lines = [...(before?.lines ?? []), chain.seal(entry("start", head.seq, { after, end, torn: 0 }))];
  for (let count = 1; count <= exchanges; count += 1) {
    lines.push(chain.seal(entry("exchange", chain.head.seq, { record: { verdict: "block", exchange: `e${count}` } })));
    if (count % 4 === 0) lines.push(chain.sealCheckpoint("entries", timeAt(chain.head.seq), signer));
  }
  if (isClean) {
    lines.push(chain.seal(entry("stop", chain.head.seq)));
    lines.push(chain.sealCheckpoint("stop", timeAt(chain.head.seq), signer));
  }
  return { lines, chain };
}

function record(exchanges: readonly number[], isClean = true): Made {
  let made: Made | null = null;
  for (const [index, count] of exchanges.entries())
    made = run(instances[index] ?? "", made, count, index < exchanges.length - 1 || isClean);
  assert.ok(made !== null);
  return made;
}

/** As a file's bytes are divided: what comes after the last line end is a line without one. */
function verify(text: string, options: Partial<VerifyOptions> = {}): readonly Finding[] {
  const verifier = new Verifier({ publicKey: key.publicKey, heads: [], isMixed: false, ...options });
  const parts = text.split("\n");
  const rest = parts.pop() ?? "";
  const lines = [...parts.map((part) => [part, true] as const), ...(rest === "" ? [] : [[rest, false] as const])];
  const found = lines.flatMap(([part, isEnded], index) =>
    verifier.step({ text: part, bytes: part.length, place: { file: "f", line: index + 1 }, isEnded }),
  );
  return [...found, ...verifier.end()];
}
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const kinds = (found: readonly Finding[]): readonly FindingKind[] => found.map(({ kind }) => kind);
/** What is more than a note. */
const graver = (found: readonly Finding[]): readonly FindingKind[] =>
  kinds(found.filter((finding) => weightOf(finding) !== "note"));

/** The last entry, as a head file or a log has it. */
function headsOf(lines: readonly string[]) {
  const last = readLine(lines.at(-1) ?? "");
  assert.ok(last !== null);
  return [{ seq: last.seq, hash: last.hash, from: "a log" }];
}

const shapes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 });
const whole = shapes.map((exchanges) => record(exchanges).lines);

describe("properties", () => {
  test("a record that nobody touched has no finding but notes; with no key and mixed too", () => {
    fc.assert(
      fc.property(whole, (lines) => {
        assert.deepEqual(graver(verify(textOf(lines))), []);
        assert.deepEqual(graver(verify(textOf(lines), { publicKey: null })), []);
        assert.deepEqual(graver(verify(textOf(lines), { isMixed: true })), []);
      }),
    );
  });

  test("one character changed anywhere is told", () => {
    fc.assert(
      fc.property(whole, fc.nat(), fc.constantFrom("0", "a", '"', ",", " ", "\n", "é"), (lines, where, other) => {
        const text = textOf(lines);
        const at = where % text.length;
        fc.pre(text[at] !== other && at < text.length - 1);
        assert.notDeepEqual(graver(verify(text.slice(0, at) + other + text.slice(at + 1))), []);
      }),
      { numRuns: 400 },
    );
  });

  test("lines taken out are told; at the very beginning as what is not here", () => {
    fc.assert(
      fc.property(whole, fc.nat(), fc.integer({ min: 1, max: 3 }), (lines, where, count) => {
        const at = where % lines.length;
        const found = verify(textOf(lines.toSpliced(at, count)), { heads: headsOf(lines) });
        if (at > 0 || lines.length <= count) assert.notDeepEqual(graver(found), []);
        else assert.notDeepEqual(found, []);
      }),
      { numRuns: 300 },
    );
  });

  test("two lines that changed places are told", () => {
    fc.assert(
      fc.property(whole, fc.nat(), fc.nat(), (lines, first, second) => {
        const one = first % lines.length;
        const other = second % lines.length;
        fc.pre(one !== other);
        const moved = lines.with(one, lines[other] ?? "").with(other, lines[one] ?? "");
        assert.notDeepEqual(graver(verify(textOf(moved))), []);
      }),
      { numRuns: 300 },
    );
  });

  test("lines put in are told: again, and of others", () => {
    const foreign = fc.constantFrom("", "{}", "x", '{"audit":1}', record([3]).lines[1] ?? "");
    fc.assert(
      fc.property(whole, fc.nat(), fc.nat(), foreign, fc.boolean(), (lines, where, which, other, isOwn) => {
        const added = isOwn ? (lines[which % lines.length] ?? "") : other;
        const found = verify(textOf(lines.toSpliced(where % (lines.length + 1), 0, added)));
        assert.notDeepEqual(graver(found), []);
      }),
      { numRuns: 300 },
    );
  });

  test("an end that was cut off anywhere is told", () => {
    fc.assert(
      fc.property(whole, fc.nat(), (lines, where) => {
        const text = textOf(lines);
        const cut = text.slice(0, where % (text.length - 1));
        assert.notDeepEqual(graver(verify(cut, { heads: headsOf(lines) })), []);
        // Where an instance had stopped well nobody can tell without a head.
        if (!/"for":"stop"[^\n]*\n?$/.test(cut)) assert.notDeepEqual(graver(verify(cut)), []);
      }),
      { numRuns: 300 },
    );
  });

  test("who writes all anew without the key is told, from wherever on", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9 }), (before, after) => {
        const honest = run(instances[0] ?? "", null, before);
        const forged = run(instances[1] ?? "", honest, after, true, makeKey().signer);
        assert.ok(kinds(verify(textOf(forged.lines))).includes("wrong-key"));
        assert.deepEqual(graver(verify(textOf(forged.lines), { publicKey: null })), []);
      }),
      { numRuns: 20 },
    );
  });

  test("no input is an error", () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...record([5, 2]).lines));
    fc.assert(fc.property(fc.array(line), (lines) => void verify(textOf(lines), { isMixed: lines.length % 2 === 0 })));
  });
});

describe("what is told", () => {
  const { lines } = record([5, 5]);

  test("an edited line, by its place, once", () => {
    const edited = lines.with(3, (lines[3] ?? "").replace("block", "allow"));
    const [found, ...more] = verify(textOf(edited));
    assert.deepEqual([found?.kind, found?.place, more.map(weightOf)], ["edited", { file: "f", line: 4 }, []]);
  });

  test("an edited line with its hash made anew, at the line after it", () => {
    const changed = (lines[3] ?? "").replace("block", "allow").slice(0, -75);
    const forged = `${changed},"hash":"${hashOf(changed)}"}`;
    const [found] = verify(textOf(lines.with(3, forged)));
    assert.deepEqual([found?.kind, found?.place?.line], ["replaced", 5]);
    assert.match(found?.text ?? "", /^entry 4 is another than the one that was written$/);
  });

  test("a gap by how many are missing", () => {
    const [found, ...more] = verify(textOf(lines.toSpliced(2, 3)));
    assert.deepEqual([found?.kind, found?.text, more.length], ["gap", "3 entries before entry 6 are missing", 0]);
  });

  test("an instance that was killed is a note, and its last entries count as signed by the next checkpoint", () => {
    const killed = run(instances[0] ?? "", null, 6, false);
    const next = run(instances[1] ?? "", killed, 3);
    assert.deepEqual(kinds(verify(textOf(next.lines))), ["unclean-end"]);
    assert.deepEqual(kinds(verify(textOf(killed.lines))), ["open-end", "unsigned-end"]);
  });

  test("a line that was torn and written again, and one that the next start names", () => {
    const [first = "", second = ""] = lines;
    const again = [first, second.slice(0, 40), second.slice(0, 90), ...lines.slice(1)];
    assert.deepEqual(kinds(verify(textOf(again))), ["torn", "torn"]);
    const killed = run(instances[0] ?? "", null, 2, false);
    const chain = createChain(instances[1] ?? "", killed.chain.head);
    const after = { instance: instances[0], ...killed.chain.head };
    const start = (torn: number) =>
      createChain(instances[1] ?? "", killed.chain.head).seal(entry("start", 9, { after, end: "unclean", torn }));
    assert.ok(chain.head.seq === 3);
    const broken = '{"audit":1,"instance":"aaa';
    assert.deepEqual(kinds(verify(textOf([...killed.lines, broken, start(broken.length)]), { publicKey: null })), [
      "torn",
      "unclean-end",
      "open-end",
    ]);
    assert.equal(kinds(verify(textOf([...killed.lines, broken, start(broken.length - 1)])))[0], "foreign");
    assert.deepEqual(kinds(verify(`${textOf(killed.lines)}${broken}`, { publicKey: null })), ["torn-end", "open-end"]);
  });

  test("what a kept head knows, and the record has not: an end cut at a checkpoint, a record written anew", () => {
    const cut = run(instances[0] ?? "", null, 8, false);
    const known = { ...cut.chain.head, from: "--head" };
    const short = textOf(cut.lines.slice(0, 6));
    const heads = [known];
    const [found] = verify(short, { heads }).filter(({ kind }) => kind === "cut-tail");
    assert.equal(found?.text, "--head knows entry 11: 5 entries at the end are missing");
    assert.deepEqual(graver(verify(textOf(cut.lines), { heads })), ["open-end"]);
    const other = run(instances[2] ?? "", null, 20);
    assert.ok(kinds(verify(textOf(other.lines), { heads })).includes("other-head"));
  });

  test("a start that knows more than stands before it", () => {
    const cut = run(instances[0] ?? "", null, 8, false);
    const next = run(instances[1] ?? "", cut, 1);
    const text = textOf(next.lines.toSpliced(6, 5)).replace('"end":"unclean"', '"end":"cut"');
    assert.ok(kinds(verify(text)).includes("cut-tail"));
  });

  test("signatures: stripped, of another key, moved to another line", () => {
    const at = lines.findIndex((line) => line.includes('"checkpoint"'));
    const line = lines[at] ?? "";
    const sealed = (text: string): string => `${text},"hash":"${hashOf(text)}"}`;
    const stripped = sealed(line.slice(0, line.indexOf(',"key"')));
    assert.equal(kinds(verify(textOf(lines.with(at, stripped))))[0], "not-signed");
    const later = lines.findLast((each) => each.includes('"checkpoint"')) ?? "";
    const moved = line.slice(0, line.indexOf(',"signature"')) + later.slice(later.indexOf(',"signature"'), -75);
    assert.equal(kinds(verify(textOf(lines.with(at, sealed(moved)))))[0], "bad-signature");
  });

  test("a first entry that is not the one of the file's name", () => {
    const verifier = new Verifier({ publicKey: null, heads: [], isMixed: false });
    const [, second = ""] = lines;
    const place = { file: "f", line: 1 };
    const found = verifier.step({ text: second, bytes: second.length, place, isEnded: true, named: 1 });
    assert.deepEqual(kinds(found), ["other-first", "begins-late"]);
  });

  test("what could not be written is a note with its number", () => {
    const chain = createChain(instances[0] ?? "", noHead);
    const made = [
      chain.seal(entry("start", 0, { after: null, end: "none", torn: 0 })),
      chain.seal(entry("lost", 1, { count: 7, why: "ENOSPC" })),
      chain.seal(entry("stop", 2)),
      chain.sealCheckpoint("stop", 1_760_000_000_100, null),
    ];
    const [found, ...more] = verify(textOf(made), { publicKey: null });
    assert.deepEqual([found?.text, more.length], ["7 entries could not be written before entry 2", 0]);
  });

  test("mixed: lines of a log, and of replicas, stand between; one given twice is a note", () => {
    const one = record([3]).lines;
    const two = run("d".repeat(24), null, 3).lines;
    const mixed = one.flatMap((line, index) => [line, '{"level":"info"}', two[index] ?? ""]);
    assert.deepEqual(kinds(verify(textOf(mixed), { isMixed: true })), []);
    const again = [...one.slice(0, 4), ...one.slice(2, 4), ...one.slice(4)];
    assert.deepEqual(kinds(verify(textOf(again), { isMixed: true })), ["repeated", "repeated"]);
    assert.ok(kinds(verify(textOf(again))).includes("out-of-order"));
    assert.ok(graver(verify(textOf(one.toSpliced(3, 1)), { isMixed: true })).includes("gap"));
  });

  test("mixed: a start that knows a checkpoint alone follows it", () => {
    const killed = run(instances[0] ?? "", null, 6, false);
    const checkpoint = readLine(killed.lines[5] ?? "");
    assert.equal(checkpoint?.kind, "checkpoint");
    const after = { instance: instances[0], seq: 6, hash: checkpoint?.hash };
    const chain = createChain(instances[1] ?? "", { seq: 6, hash: checkpoint?.hash ?? "" });
    const next = [
      chain.seal(entry("start", 9, { after, end: "unclean", torn: 0 })),
      chain.seal(entry("stop", 10)),
      chain.sealCheckpoint("stop", 1_760_000_000_200, key.signer),
    ];
    assert.deepEqual(graver(verify(textOf([...killed.lines, ...next]), { isMixed: true })), []);
  });

  test("a clock that goes back is a note; a checkpoint may be younger than what had waited for it", () => {
    const chain = createChain(instances[0] ?? "", noHead);
    const made = [
      chain.seal(entry("start", 5, { after: null, end: "none", torn: 0 })),
      chain.sealCheckpoint("time", timeAt(100), key.signer),
      chain.seal(entry("exchange", 6)),
      chain.seal(entry("exchange", 4)),
      chain.seal(entry("stop", 7)),
      chain.sealCheckpoint("stop", timeAt(100), key.signer),
    ];
    const found = verify(textOf(made));
    assert.deepEqual(
      found.map(({ text }) => text),
      ["the clock went back before entry 4"],
    );
  });

  test("an empty record", () => assert.deepEqual(kinds(verify("")), ["empty"]));
});

test("lines are in ASCII, whatever is told", () => {
  const chain = createChain(instances[0] ?? "", noHead);
  const line = chain.seal(entry("event", 0, { event: "e", owner: "Zoë \u2028\u{1f600}\ud800" }));
  assert.match(line, /^[\x20-\x7e]+$/);
  assert.equal((JSON.parse(line) as { owner: string }).owner, "Zoë \u2028\u{1f600}\ud800");
});

test("heads and keys that are none", () => {
  assert.equal(readHead("12"), null);
  assert.equal(readHead(`0:${"a".repeat(64)}`), null);
  assert.deepEqual(readHead(`12:${"a".repeat(64)}`), { seq: 12, hash: "a".repeat(64) });
  assert.ok(!readSigner("x").ok && !readPublicKey("x").ok);
  const { privateKey } = generateKeyPairSync("ed25519");
  assert.ok(!readPublicKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString()).ok);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  assert.ok(!readPublicKey(publicKey.export({ type: "spki", format: "pem" }).toString()).ok);
});
