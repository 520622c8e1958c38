/**
 * A value while a patch works on it.
 *
 * The value given is never changed: containers are copied the first time something below them changes, and from then on belong to the draft and change in
 * place. So an operation costs about the length of its path, and what no operation touches is shared with the result.
 */
import { badInput, type Place } from "../errors.js";
import { Float, getKey, isObject, setKey, type Value, type ValueObject } from "../item/value.js";
import { arrayIndex, parsePointer } from "./pointer.js";
import { Rope } from "./rope.js";

type Container = Value[] | ValueObject;

/** From this length on, an array that is edited in the middle becomes a rope. */
const ropeLength = 1024;

/** A pointer, read, and where it was written, for errors. */
export interface Target {
  readonly tokens: readonly string[];
  readonly place: Place;
}

/** Reads a pointer of the given operation. */
export function target(pointer: string, operation: number): Target {
  const place = { operation, pointer };
  return { tokens: parsePointer(pointer, place), place };
}

export class Draft {
  #root: Value;
  /** Containers that only this draft holds. What holds an owned container is owned itself. */
  readonly #owned = new Set<Container>();
  /** The elements of owned arrays that became ropes; the array itself stands for them meanwhile. */
  readonly #ropes = new Map<Value[], Rope<Value>>();
  #copiesLeft: number;

  /** @param copies  how many values (or 16 characters of text) all `copied` calls together may copy, so that a small patch makes no huge document */
  constructor(root: Value, copies: number) {
    this.#root = root;
    this.#copiesLeft = copies;
  }

  /** The value there, or `undefined`. It may be unfinished: look at its kind only. */
  peek({ tokens }: Target): Value | undefined {
    let node: Value | undefined = this.#root;
    for (let i = 0; i < tokens.length && node !== undefined; i++) node = this.#child(node, tokens[i]);
    return node;
  }

  /** The value there, whole, to be read at once. */
  read(at: Target): Value | undefined {
    const value = this.peek(at);
    if (value !== undefined) this.#settle(value, child => this.#owned.has(child as Container));
    return value;
  }

  /** The value there, from now on shared: it may stand in a second place. */
  copied(at: Target): Value {
    const value = this.#existing(at);
    this.#settle(value, child => {
      this.#copiesLeft -= typeof child === "string" ? 1 + child.length / 16 : 1;
      if (this.#copiesLeft < 0) throw badInput("the patch copies too much: send the values instead", at.place);
      this.#owned.delete(child as Container);
      return isContainer(child);
    });
    return value;
  }

  /** Inserts into an array, or sets a key, new or not. */
  add(at: Target, value: Value): void {
    const { parent, token } = this.#open(at);
    if (parent === undefined) this.#root = value;
    else if (Array.isArray(parent)) this.#insert(parent, this.#gap(parent, token, at), value);
    else setKey(parent, token, value);
  }

  replace(at: Target, value: Value): void {
    this.#existing(at);
    const { parent, token } = this.#open(at);
    if (parent === undefined) this.#root = value;
    else this.#set(parent, token, value);
  }

  /** Takes the value out and gives it back. */
  remove(at: Target): Value {
    const value = this.#existing(at);
    const { parent, token } = this.#open(at);
    if (parent === undefined) throw badInput("the whole document cannot be removed", at.place);
    if (Array.isArray(parent)) this.#delete(parent, Number(token));
    else delete parent[token];
    return value;
  }

  /** The value with all changes made. Ends the draft. */
  finish(): Value {
    for (const [array, rope] of this.#ropes) rope.writeTo(array);
    return this.#root;
  }

  /** Throws the sentence that says why there is nothing, if so. */
  #existing(at: Target): Value {
    const value = this.peek(at);
    if (value === undefined) throw badInput(this.#fault(at), at.place);
    return value;
  }

  /** Why there is nothing at a pointer. */
  #fault({ tokens }: Target): string {
    let node = this.#root;
    for (const token of tokens) {
      if (!isContainer(node)) return `there is nothing below ${kindOf(node)}`;
      const child = this.#child(node, token);
      if (child === undefined) return this.#absence(node, token);
      node = child;
    }
    return "there is nothing";
  }

  #absence(node: Container, token: string): string {
    if (!Array.isArray(node)) return `there is no key ${JSON.stringify(token)}`;
    if (token === "-") return "- names no element: it stands behind the last one, to add there";
    if (arrayIndex(token) === undefined)
      return `${JSON.stringify(token)} is not an index (digits without leading zeros)`;
    return `index ${token} is out of range: the array has ${this.#lengthOf(node)} elements`;
  }

  /** Makes the draft own all that holds the target, and gives the last of it; no parent at the root. */
  #open(at: Target): { parent: Container | undefined; token: string } {
    const { tokens } = at;
    if (tokens.length === 0) return { parent: undefined, token: "" };
    if (!isContainer(this.#root)) throw badInput(this.#fault(at), at.place);
    let parent = (this.#root = this.#own(this.#root));
    for (let i = 0; i < tokens.length - 1; i++) {
      const child = this.#child(parent, tokens[i]);
      if (child === undefined || !isContainer(child)) throw badInput(this.#fault(at), at.place);
      const own = this.#own(child);
      if (own !== child) this.#set(parent, tokens[i], own);
      parent = own;
    }
    return { parent, token: tokens[tokens.length - 1] };
  }

  #own<C extends Container>(container: C): C {
    if (this.#owned.has(container)) return container;
    const copy = (Array.isArray(container) ? container.slice() : { ...container }) as C;
    this.#owned.add(copy);
    return copy;
  }

  #child(node: Value, token: string): Value | undefined {
    if (isObject(node)) return getKey(node, token);
    if (!Array.isArray(node)) return undefined;
    const index = arrayIndex(token);
    if (index === undefined || index >= this.#lengthOf(node)) return undefined;
    const rope = this.#ropes.get(node);
    return rope ? rope.get(index) : node[index];
  }

  #lengthOf(array: Value[]): number {
    return this.#ropes.get(array)?.length ?? array.length;
  }

  /** The index that an `add` means. */
  #gap(array: Value[], token: string, at: Target): number {
    const length = this.#lengthOf(array);
    const index = token === "-" ? length : arrayIndex(token);
    if (index === undefined || index > length) throw badInput(this.#absence(array, token), at.place);
    return index;
  }

  #set(parent: Container, token: string, value: Value): void {
    if (!Array.isArray(parent)) return setKey(parent, token, value);
    const rope = this.#ropes.get(parent);
    if (rope) rope.set(Number(token), value);
    else parent[Number(token)] = value;
  }

  #insert(array: Value[], index: number, value: Value): void {
    const rope = this.#roped(array, index);
    if (rope) rope.insert(index, value);
    else array.splice(index, 0, value);
  }

  #delete(array: Value[], index: number): void {
    const rope = this.#roped(array, index);
    if (rope) rope.remove(index);
    else array.splice(index, 1);
  }

  /** The rope of an array, made now if an edit at `index` would move many elements. */
  #roped(array: Value[], index: number): Rope<Value> | undefined {
    const rope = this.#ropes.get(array);
    if (rope || array.length - index < ropeLength) return rope;
    const made = new Rope(array);
    array.length = 0;
    this.#ropes.set(array, made);
    return made;
  }

  /** Turns ropes in a value back into arrays, going down into what `enters` says yes to. */
  #settle(value: Value, enters: (child: Value) => boolean): void {
    const open = [value];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (!enters(next)) continue;
      if (Array.isArray(next)) this.#unrope(next);
      for (const child of Array.isArray(next) ? next : Object.values(next as ValueObject)) open.push(child);
    }
  }

  #unrope(array: Value[]): void {
    this.#ropes.get(array)?.writeTo(array);
    this.#ropes.delete(array);
  }
}

function isContainer(value: Value): value is Container {
  return typeof value === "object" && value !== null && !(value instanceof Float);
}

/** What a value is, in words for errors. */
export function kindOf(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return typeof value === "string" ? "a text" : typeof value === "boolean" ? "a boolean" : "a number";
}
