// Some minutes in the life of a site, for the pictures: traffic that rises and falls, break-glass, a policy that changes, a burst,
// a guard that hangs. Everything in it really happens; only when is written here.

import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { TempDir } from "../helpers/temp-dir.ts";
import { type Site, type Talk, talks } from "./site.ts";

/** How often each talk comes, of all. */
const shares: readonly (readonly [keyof typeof talks, number])[] = [
  ["harmless", 20],
  ["fresh", 15],
  ["streamed", 14],
  ["restored", 12],
  ["redactedReply", 8],
  ["secret", 6],
  ["injection", 4],
  ["blockedPrompt", 4],
  ["blockedReply", 3],
  ["shadowed", 5],
  ["excepted", 3],
  ["picture", 3],
  ["unmatched", 1],
  ["unreadable", 2],
];
/** So that the mix is the same each time and still looks drawn: a step through all hundred that is coprime to their number. */
const STEP = 37;

export async function liveThrough(site: Site, minutes: number): Promise<void> {
  const endMs = Date.now() + minutes * 60_000;
  const events = [
    { at: 0.15, what: () => breakGlass(site, "open") },
    { at: 0.35, what: () => breakGlass(site, "close") },
    { at: 0.4, what: () => changePolicy(site, "codenames") },
    { at: 0.55, what: () => burst(site) },
    { at: 0.7, what: () => hang(site) },
    { at: 0.85, what: () => changePolicy(site, "no-cards-out") },
  ];
  const mix = shares.flatMap(([name, share]) => Array.from({ length: share }, (): Talk => talks[name]));
  const running = new Set<Promise<void>>();
  for (let index = 0; Date.now() < endMs; index++) {
    const part = 1 - (endMs - Date.now()) / (minutes * 60_000);
    if (part >= (events[0]?.at ?? 1)) await events.shift()?.what();
    const talk = mix[(index * STEP) % mix.length] as Talk;
    const held = talk(site.system).catch(() => undefined);
    running.add(held);
    void held.finally(() => running.delete(held));
    await pause(90 - 60 * Math.sin(part * Math.PI * 2) ** 2);
  }
  await Promise.all(running);
}

/** Takes a rule out of shadow, or puts it there. */
async function changePolicy({ system }: Site, rule: string): Promise<void> {
  const text = await readFile(system.policyFile, "utf8");
  const blocks = text.split(/\n(?= {2}- id: |exceptions:)/);
  const changed = blocks.map((block) => {
    if (!block.startsWith(`  - id: ${rule}\n`)) return block;
    return block.includes("shadow: true")
      ? block.replace(/\n {4}shadow: true/, "")
      : `${block.trimEnd()}\n    shadow: true\n`;
  });
  await writeFile(system.policyFile, changed.join("\n"));
}

const token = "a-token-for-the-pictures";

/** What a guard's configuration needs to take break-glass. */
export async function withBreakGlass(dir: TempDir): Promise<{ readonly breakGlassTokenFile: string }> {
  const breakGlassTokenFile = dir.join("token");
  await writeFile(breakGlassTokenFile, `${token}\n`, { mode: 0o600 });
  return { breakGlassTokenFile };
}

async function breakGlass({ system }: Site, what: "open" | "close"): Promise<void> {
  const reason = { minutes: 5, reason: "false alarms", owner: "on-call" };
  const reply = await fetch(`http://127.0.0.1:${system.guard.adminPort}/break-glass`, {
    method: what === "open" ? "POST" : "DELETE",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ rule: "banned-words", ...(what === "open" ? reason : {}) }),
  });
  if (!reply.ok) throw new Error(await reply.text());
}

async function burst({ system }: Site): Promise<void> {
  await Promise.all(Array.from({ length: 200 }, () => talks.streamed(system).catch(() => undefined)));
}

/** It hangs: Envoy waits, gives up after some 8 s, and answers 500 until it goes on. */
async function hang({ system }: Site): Promise<void> {
  system.guard.stall();
  await Promise.all(Array.from({ length: 4 }, () => talks.harmless(system).catch(() => undefined)));
  system.guard.resume();
}
