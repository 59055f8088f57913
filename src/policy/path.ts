/** Paths between the files of a policy: always relative, with `/`, and inside the main file's folder. Pure text. */
import { err, ok, type Result } from "../stdx/result.ts";

/** `a/b.yaml` -> `a/`; a bare name -> nothing. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** `folder`: of the file that names it, from the main file's folder. The error says what is wrong and how to mend it. */
export function resolvePath(folder: string, written: string): Result<string, string> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(written)) {
    return err("a policy names no remote address and no drive; put the file beside this one and write its path");
  }
  if (/[\\\p{Cc}]/u.test(written)) return err("write the path with / between its parts");
  if (written.startsWith("/")) return err("write the path from this file's folder, without a / before it");
  const parts: string[] = [];
  for (const part of `${folder}${written}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) {
      return err("this leads out of the main file's folder; put the file in it, or in a folder of it");
    }
  }
  if (parts.length === 0 || written.endsWith("/")) return err("this names a folder; name a file");
  return ok(parts.join("/"));
}
