// Reads protobuf descriptors without protobufjs, so that contracts are held against Envoy's by other means than those
// that load them. Yields one line a fact (field, enum value, method); map fields read as map<key, value>.

/** Facts by name: `message.field`, `enum.VALUE`, `service.Method` -> its number, type, label and oneof in words. */
export type Facts = ReadonlyMap<string, string>;

type Message = ReadonlyMap<number, readonly (number | Buffer)[]>;
type Scope = { readonly facts: Map<string, string>; readonly types: ReadonlySet<string> };

const MESSAGE_TYPE = 11;
const ENUM_TYPE = 14;
const REPEATED = 3;

/** Facts of the files of a FileDescriptorSet. */
export function factsOfSet(set: Buffer): Facts {
  return factsOfFiles(bytesOf(read(set), 1));
}

/** Facts of FileDescriptorProtos. */
export function factsOfFiles(files: readonly Buffer[]): Facts {
  const read_ = files.map(read);
  const types = new Set(read_.flatMap((file) => typeNames(file, textOf(file, 2), 4, 5)));
  const scope: Scope = { facts: new Map(), types };
  for (const file of read_) {
    const pkg = textOf(file, 2);
    for (const message of bytesOf(file, 4)) addMessage(scope, pkg, read(message));
    for (const one of bytesOf(file, 5)) addEnum(scope, pkg, read(one));
    for (const service of bytesOf(file, 6)) addService(scope, pkg, read(service));
  }
  return scope.facts;
}

function addMessage(scope: Scope, parent: string, message: Message): void {
  const name = join(parent, textOf(message, 1));
  const nested = bytesOf(message, 3).map(read);
  const maps = new Map(nested.filter(isMapEntry).map((entry) => [textOf(entry, 1), entry]));
  const oneofs = bytesOf(message, 8).map((oneof) => textOf(read(oneof), 1));
  for (const field of bytesOf(message, 2).map(read)) {
    const entry = maps.get(textOf(field, 6).split(".").at(-1) ?? "");
    const oneof = field.has(9) ? ` in ${oneofs[numberOf(field, 9)]}` : "";
    const label = numberOf(field, 4) === REPEATED && entry === undefined ? "repeated " : "";
    const type = entry === undefined ? typeOf(scope, name, field) : mapType(scope, name, entry);
    scope.facts.set(`${name}.${snake(textOf(field, 1))}`, `${label}${type} = ${numberOf(field, 3)}${oneof}`);
  }
  for (const one of nested) if (!isMapEntry(one)) addMessage(scope, name, one);
  for (const one of bytesOf(message, 4)) addEnum(scope, name, read(one));
}

function addEnum(scope: Scope, parent: string, message: Message): void {
  const name = join(parent, textOf(message, 1));
  for (const value of bytesOf(message, 2).map(read)) {
    scope.facts.set(`${name}.${textOf(value, 1)}`, `${numberOf(value, 2)}`);
  }
}

function addService(scope: Scope, parent: string, service: Message): void {
  const name = join(parent, textOf(service, 1));
  for (const method of bytesOf(service, 2).map(read)) {
    const side = (type: number, stream: number): string =>
      `${numberOf(method, stream) === 1 ? "stream " : ""}${resolve(scope, parent, textOf(method, type))}`;
    scope.facts.set(`${name}.${textOf(method, 1)}`, `${side(2, 5)} -> ${side(3, 6)}`);
  }
}

function mapType(scope: Scope, name: string, entry: Message): string {
  const [key, value] = bytesOf(entry, 2).map(read);
  if (key === undefined || value === undefined) throw new Error(`${name}: a map entry has a key and a value`);
  return `map<${typeOf(scope, name, key)}, ${typeOf(scope, name, value)}>`;
}

function typeOf(scope: Scope, name: string, field: Message): string {
  const type = numberOf(field, 5);
  return type === MESSAGE_TYPE || type === ENUM_TYPE ? resolve(scope, name, textOf(field, 6)) : `type ${type}`;
}

/** A name as protobuf looks it up: absolute with a leading dot, else from the innermost scope outwards. */
function resolve(scope: Scope, from: string, name: string): string {
  if (name.startsWith(".")) return name.slice(1);
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    if (scope.types.has(join(at, name))) return join(at, name);
    if (at === "") throw new Error(`${from}: unknown type ${name}`);
  }
}

function typeNames(message: Message, parent: string, messages: number, enums: number): string[] {
  const inner = bytesOf(message, messages).map(read);
  const outer = [...inner, ...bytesOf(message, enums).map(read)].map((one) => join(parent, textOf(one, 1)));
  return [...outer, ...inner.flatMap((one) => typeNames(one, join(parent, textOf(one, 1)), 3, 4))];
}

function isMapEntry(message: Message): boolean {
  return bytesOf(message, 7).some((options) => numberOf(read(options), 7) === 1);
}

/** protobufjs spells the fields of its own Struct in camelCase. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function join(parent: string, name: string): string {
  return parent === "" ? name : `${parent}.${name}`;
}

/** One message on the wire: its fields by number. Groups do not occur in descriptors. */
function read(bytes: Buffer): Message {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = (): number => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("a descriptor ends early");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const value = (wireType: number): number | Buffer => {
    if (wireType === 0) return varint();
    const size = wireType === 2 ? varint() : wireType === 1 ? 8 : 4;
    at += size;
    return bytes.subarray(at - size, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const found = fields.get(number) ?? [];
    found.push(value(tag % 8));
    fields.set(number, found);
  }
  return fields;
}

function bytesOf(message: Message, number: number): Buffer[] {
  return (message.get(number) ?? []).filter((value) => Buffer.isBuffer(value));
}

function textOf(message: Message, number: number): string {
  return bytesOf(message, number).at(-1)?.toString("utf8") ?? "";
}

function numberOf(message: Message, number: number): number {
  const value = message.get(number)?.at(-1);
  return typeof value === "number" ? value : 0;
}
