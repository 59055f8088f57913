// Which files of a folder are taken for OpenVINO's.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { findOpenVino, librariesIn } from "./openvino-libraries.ts";

function folderWith(t: TestContext, ...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "sp-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of names) writeFileSync(join(folder, name), "");
  return folder;
}

test("the newest of each library, those that must be loaded first in order", (t) => {
  const folder = folderWith(t, "libopenvino.so.2541", "libopenvino.so.2641", "libopenvino_c.so.2641", "libtbb.so.12");
  assert.deepEqual(librariesIn(folder), {
    folder,
    api: join(folder, "libopenvino_c.so.2641"),
    before: [join(folder, "libtbb.so.12"), join(folder, "libopenvino.so.2641")],
  });
});

test("numbers are compared as numbers, and other libraries passed over", (t) => {
  const folder = folderWith(
    t,
    "libopenvino_c.so.2641",
    "libopenvino_c.so.990",
    "libopenvino_c.so.bak",
    "libtbbmalloc.so.2",
  );
  const found = librariesIn(folder);
  assert.equal(found?.api, join(folder, "libopenvino_c.so.2641"));
  assert.deepEqual(found?.before, []);
});

test("macOS puts the version before the ending", (t) => {
  const folder = folderWith(t, "libopenvino_c.2641.dylib", "libopenvino.2641.dylib", "libtbb.12.dylib");
  assert.equal(librariesIn(folder)?.api, join(folder, "libopenvino_c.2641.dylib"));
});

test("folders are tried in order; one that is missing or holds none is passed over", (t) => {
  const empty = folderWith(t);
  const [first, second] = [folderWith(t, "libopenvino_c.so"), folderWith(t, "libopenvino_c.so")];
  mkdirSync(join(empty, "within"));
  assert.equal(findOpenVino([join(empty, "none"), empty, first, second])?.folder, first);
  assert.equal(librariesIn(empty), null);
});
