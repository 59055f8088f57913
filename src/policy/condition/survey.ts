/**
 * Looks through a condition before it ever runs: only what words.ts lists, headers named in so many words, and a cost that
 * can be told from the text. Every list has a known longest length, so the cost is a bound, not a guess. Pure.
 */
import type { ASTNode } from "@marcbachmann/cel-js";
import { suggestion } from "../nearest.ts";
import { functions, globals, loops, methods, names, replaced, requestFields, splitPartsMax } from "./words.ts";

/** Steps of the evaluator, at most. A look at one header is 2, a `matches` 20. */
export const conditionCostMax = 5000;
export const listElementsMax = 100;
const matchCost = 20;

export type ConditionMistake = { readonly message: string; readonly offset: number };
export type Survey = {
  readonly mistakes: readonly ConditionMistake[];
  /** Lower-case names of the headers that it asks for. */
  readonly headers: ReadonlySet<string>;
  /** Expressions of `matches`, with the place of each. */
  readonly patterns: ReadonlyMap<string, number>;
};

export function survey(root: ASTNode): Survey {
  const surveyor = new Surveyor();
  const { cost } = surveyor.look(root, new Set());
  if (cost > conditionCostMax) {
    surveyor.add(
      root,
      `too much work: up to ${cost} steps, of at most ${conditionCostMax}; use fewer loops in each other`,
    );
  }
  return surveyor;
}

/** `length`: the most elements, where it is a list. */
type Size = { readonly cost: number; readonly length: number };
const single: Size = { cost: 1, length: 1 };

class Surveyor implements Survey {
  readonly mistakes: ConditionMistake[] = [];
  readonly headers = new Set<string>();
  readonly patterns = new Map<string, number>();

  add(node: ASTNode, message: string): void {
    this.mistakes.push({ message, offset: node.start });
  }

  look(node: ASTNode, locals: ReadonlySet<string>): Size {
    switch (node.op) {
      case "value":
        if (node.args instanceof Uint8Array) this.add(node, "bytes are of no use here; write a text");
        return single;
      case "id":
        return this.#name(node, node.args, locals);
      case ".":
        return this.#field(node, node.args[0], node.args[1], locals);
      case "[]":
        return this.#index(node.args[0], node.args[1], locals);
      case "in":
        return this.#membership(node.args[0], node.args[1], locals);
      case "call":
        return this.#call(node, node.args[0], node.args[1], locals);
      case "rcall":
        return this.#method(node, node.args[0], node.args[1], node.args[2], locals);
      case "list":
        return { cost: this.#sum(node.args, locals), length: node.args.length };
      case "map":
        return { cost: this.#sum(node.args.flat(), locals), length: node.args.length };
      case "!_":
      case "-_":
        return { cost: 1 + this.look(node.args, locals).cost, length: 1 };
      default:
        return this.#rest(node, locals);
    }
  }

  /** Operators between values. A list may be the sum of two, or one of two. */
  #rest(node: ASTNode, locals: ReadonlySet<string>): Size {
    const parts = (node.args as readonly ASTNode[]).map((each) => this.look(each, locals));
    const length = node.op === "+" ? total(parts, "length") : Math.max(1, ...parts.map((each) => each.length));
    return { cost: 1 + total(parts, "cost"), length };
  }

  #sum(nodes: readonly ASTNode[], locals: ReadonlySet<string>): number {
    return (
      1 +
      total(
        nodes.map((each) => this.look(each, locals)),
        "cost",
      )
    );
  }

  /** A loop's variable may be a list of a list literal. */
  #name(node: ASTNode, name: string, locals: ReadonlySet<string>): Size {
    if (locals.has(name)) return { cost: 1, length: listElementsMax };
    if (name === "request")
      this.add(
        node,
        `request is no value of its own; write ${requestFields.map((each) => `request.${each}`).join(", ")}`,
      );
    else if (!globals.some((each) => each === name)) {
      this.add(
        node,
        `there is no "${name.slice(0, 40)}"${suggestion(name, names) || `; known here: ${names.join(", ")}`}`,
      );
    }
    return single;
  }

  #field(node: ASTNode, of: ASTNode, field: string, locals: ReadonlySet<string>): Size {
    if (isHeaders(of, locals)) return this.#header(node, field);
    if (of.op === "id" && of.args === "request" && !locals.has("request")) {
      if (field === "headers") this.add(node, 'name the header: request.headers["x-team"]');
      else if (!requestFields.some((each) => each === field)) {
        this.add(
          node,
          `request has no "${field.slice(0, 40)}"${suggestion(field, requestFields) || `; it has ${requestFields.join(", ")}`}`,
        );
      }
      return single;
    }
    return { cost: 1 + this.look(of, locals).cost, length: listElementsMax };
  }

  #index(of: ASTNode, key: ASTNode, locals: ReadonlySet<string>): Size {
    if (isHeaders(of, locals)) return this.#header(key, key.op === "value" ? key.args : null);
    return { cost: 1 + this.look(of, locals).cost + this.look(key, locals).cost, length: listElementsMax };
  }

  #membership(item: ASTNode, of: ASTNode, locals: ReadonlySet<string>): Size {
    if (isHeaders(of, locals)) return this.#header(item, item.op === "value" ? item.args : null);
    const [left, right] = [this.look(item, locals), this.look(of, locals)];
    return { cost: 1 + left.cost + right.cost + right.length, length: 1 };
  }

  /** The guard is shown only the headers that policies name. */
  #header(node: ASTNode, name: unknown): Size {
    if (typeof name !== "string") this.add(node, 'name the header in so many words: request.headers["x-team"]');
    else if (!/^[a-z0-9_-]{1,64}$/.test(name)) {
      this.add(node, "a header's name is 1 to 64 of a-z, 0-9, - and _; header names are in lower case here");
    } else this.headers.add(name);
    return { cost: 2, length: 1 };
  }

  #call(node: ASTNode, name: string, args: readonly ASTNode[], locals: ReadonlySet<string>): Size {
    if (!functions.includes(name)) this.#unknown(node, name, functions);
    return { cost: this.#sum(args, locals), length: 1 };
  }

  #method(node: ASTNode, name: string, on: ASTNode, args: readonly ASTNode[], locals: ReadonlySet<string>): Size {
    if (loops.includes(name)) return this.#loop(node, on, args, locals);
    if (!methods.includes(name)) this.#unknown(node, name, [...methods, ...loops]);
    const cost = this.look(on, locals).cost + this.#sum(args, locals);
    if (name === "matches") {
      const [pattern] = args;
      if (pattern?.op === "value" && typeof pattern.args === "string") this.patterns.set(pattern.args, pattern.start);
      else this.add(pattern ?? node, "matches needs its expression in so many words, in quotes");
    }
    const own = replaced[name];
    if (own !== undefined) (node.args as unknown as [string])[0] = own; // before the types are checked, so that no other is called
    return { cost: cost + (name === "matches" ? matchCost : 0), length: name === "split" ? splitPartsMax : 1 };
  }

  #loop(node: ASTNode, on: ASTNode, args: readonly ASTNode[], locals: ReadonlySet<string>): Size {
    const list = this.look(on, locals);
    const [variable, ...body] = args;
    if (variable?.op !== "id") {
      this.add(variable ?? node, 'a loop begins with a name for each element: list.exists(each, each == "a")');
      return list;
    }
    const name = variable.args;
    if (name === "request" || globals.some((each) => each === name))
      this.add(variable, `"${name}" is taken; give the element another name`);
    const each = this.#sum(body, new Set([...locals, name]));
    return { cost: list.cost + list.length * each, length: list.length };
  }

  #unknown(node: ASTNode, name: string, known: readonly string[]): void {
    this.add(
      node,
      `there is no function "${name.slice(0, 40)}" here${suggestion(name, known) || `; known: ${known.join(", ")}`}`,
    );
  }
}

const total = (sizes: readonly Size[], key: keyof Size): number => sizes.reduce((sum, each) => sum + each[key], 0);

const isHeaders = (node: ASTNode, locals: ReadonlySet<string>): boolean =>
  node.op === "." &&
  node.args[1] === "headers" &&
  node.args[0].op === "id" &&
  node.args[0].args === "request" &&
  !locals.has("request");
