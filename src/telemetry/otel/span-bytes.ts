/**
 * Spans as the bytes of OTLP: an ExportTraceServiceRequest. There are a dozen to an exchange, so that what one costs counts;
 * OpenTelemetry's own serializer takes objects of its own kind and several times as long. Fields: proto/trace/v1/trace.proto of
 * opentelemetry-proto 1.9. Pure.
 */
import type { SpanFacts } from "./exchange-spans.ts";
import type { Attributes, AttributeValue } from "./names.ts";
import { WireWriter } from "./wire-writer.ts";

export type SpanOrigin = { readonly resource: Readonly<Record<string, string>>; readonly version: string };

const kinds = { internal: 1, server: 2 } as const satisfies Record<SpanFacts["kind"], number>;
const errorStatus = 2;
/** Sampled, and it is told whether the parent is a caller's; if so, the third. */
const flags = { own: 0x101, remoteParent: 0x301 } as const;

/** The writer of one thread: its buffer is used again. */
export function createSpanBytes(origin: SpanOrigin): (spans: readonly SpanFacts[]) => Uint8Array {
  const writer = new WireWriter();
  return (spans) => {
    writer.begin();
    const resourceSpans = writer.open(1);
    const resource = writer.open(1);
    for (const [key, value] of Object.entries(origin.resource)) writeAttribute(writer, 1, key, value);
    writer.close(resource);
    const scopeSpans = writer.open(2);
    const scope = writer.open(1);
    writer.text(1, "sallyport");
    writer.text(2, origin.version);
    writer.close(scope);
    for (const span of spans) writeSpan(writer, span);
    writer.close(scopeSpans);
    writer.close(resourceSpans);
    return writer.bytes();
  };
}

function writeSpan(writer: WireWriter, span: SpanFacts): void {
  const { parentId, eventsLeft, kind, events } = span;
  const message = writer.open(2);
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  if (parentId !== null) writer.hex(4, parentId);
  writer.text(5, span.name);
  writer.varint(6, kinds[kind]);
  writer.time(7, span.beganMs);
  writer.time(8, span.endedMs);
  writeAttributes(writer, 9, span.attributes);
  for (const { name, atMs, attributes } of events) {
    const event = writer.open(11);
    writer.time(1, atMs);
    writer.text(2, name);
    writeAttributes(writer, 3, attributes);
    writer.close(event);
  }
  if (eventsLeft > 0) writer.varint(12, eventsLeft);
  if (span.failed) {
    const status = writer.open(15);
    writer.varint(3, errorStatus);
    writer.close(status);
  }
  // The exchange's parent is a caller's; all others are ours.
  writer.fixed32(16, kind === "server" && parentId !== null ? flags.remoteParent : flags.own);
  writer.close(message);
}

function writeAttributes(writer: WireWriter, field: number, attributes: Attributes): void {
  for (const key in attributes) {
    const value = attributes[key as keyof Attributes];
    if (value !== undefined) writeAttribute(writer, field, key, value);
  }
}

function writeAttribute(writer: WireWriter, field: number, key: string, value: AttributeValue): void {
  const pair = writer.open(field);
  writer.text(1, key);
  const any = writer.open(2);
  writeValue(writer, value);
  writer.close(any);
  writer.close(pair);
}

function writeValue(writer: WireWriter, value: AttributeValue): void {
  if (typeof value === "string") return writer.text(1, value);
  if (typeof value === "boolean") return writer.varint(2, value ? 1 : 0);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= 0 ? writer.varint(3, value) : writer.double(4, value);
  const list = writer.open(5);
  for (const each of value) {
    const item = writer.open(1);
    writer.text(1, each);
    writer.close(item);
  }
  writer.close(list);
}
