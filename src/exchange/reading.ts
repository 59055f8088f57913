/** Which reader fits a body: by the operation that the request was for, and by what its headers say it is. */
import { type MediaKind, readMediaType } from "../content/media-type.ts";
import { boundaryOf } from "../content/multipart/parameters.ts";
import { isPlainPath, isPlainQuery } from "../content/target.ts";
import {
  type Asked,
  type Extraction,
  type Operation,
  type ReplyHead,
  type RequestHead,
  type StreamFormat,
  type StreamMediaKind,
  streamMediaKinds,
} from "../domain/dialect.ts";
import type { Policy } from "../domain/policy.ts";
import type { Unreadable } from "../domain/verdict.ts";
import { atOnce } from "../stdx/paced.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import type { WholeReading } from "./whole-gate.ts";

/** The wire formats that this process knows. */
export type Formats = {
  /** `null`: of no dialect that the policy serves. */
  match(head: RequestHead, policy: Pick<Policy, "coverage" | "dialects" | "dialectPaths">): Operation | null;
  /** Reads any JSON, also in streams of any form; its error form is told where no dialect is known. */
  readonly fallback: Operation;
  readonly readText: (body: string) => Extraction;
};

/** What of a request's head nobody judges, however its body is read: text in the query, or in a path that nobody knows. */
export function unreadHead(operation: Operation | null, { path, query }: RequestHead): Unreadable | null {
  if (!isPlainQuery(query)) return "query";
  return operation === null && !isPlainPath(path) ? "unknown-path" : null;
}

export function promptReading(
  operation: Operation | null,
  head: RequestHead,
  asked?: Asked,
): Result<WholeReading, Unreadable> {
  if (operation === null) return err("unknown-path");
  const { readForm } = operation;
  switch (readMediaType(head.contentType)) {
    case "json":
      return ok({ read: (body) => operation.readRequest(body, asked), boundary: null });
    case "form": {
      const boundary = boundaryOf(head.contentType);
      if (boundary === null || readForm === undefined) return err("content-type");
      return ok({ read: (body) => readForm(body, boundary, asked), boundary });
    }
    default:
      return err("content-type");
  }
}

/** What the head alone says that nobody can read. `bodyFollows`: without one, only the path and the query count. */
export function unreadAtHead(operation: Operation | null, head: RequestHead, bodyFollows: boolean): Unreadable | null {
  const reading = promptReading(operation, head);
  const ofBody = reading.ok || (!bodyFollows && operation !== null) ? null : reading.error;
  return unreadHead(operation, head) ?? ofBody;
}

export type ReplyReading =
  | { readonly kind: "stream"; readonly operation: Operation; readonly format: StreamFormat }
  | { readonly kind: "whole"; readonly result: Result<WholeReading, Unreadable> };

/** A stream in a form that the operation does not name is read in the form that its media type says, by the operation's reader. */
export function replyReading(
  operation: Operation | null,
  formats: Formats,
  head: ReplyHead,
  asked?: Asked,
): ReplyReading {
  // A part of a reply says nothing of the rest: text could be asked for in halves.
  if (head.status === 206) return { kind: "whole", result: err("truncated") };
  const known = operation ?? formats.fallback;
  const media = readMediaType(head.contentType);
  const format = isStreamMedia(media) ? (known.streams[media] ?? formats.fallback.streams[media]) : undefined;
  if (format !== undefined) return { kind: "stream", operation: known, format };
  switch (media) {
    case "json":
      return { kind: "whole", result: ok({ read: (body) => known.readReply(body, asked), boundary: null }) };
    case "text":
      // Plain text can be read as what it is; an upstream's proxy often answers an error with it.
      return { kind: "whole", result: ok({ read: (body) => atOnce(ok(formats.readText(body))), boundary: null }) };
    default:
      return { kind: "whole", result: err("content-type") };
  }
}

const streamMedia: ReadonlySet<MediaKind> = new Set(streamMediaKinds);
const isStreamMedia = (media: MediaKind): media is StreamMediaKind => streamMedia.has(media);
