/**
 * Datapoints: what Humanloop sees in an item.
 *
 * An item that has no other keys than `inputs`, `messages` and `target`, in Humanloop's types, is one as it is. Any other item shows its fields as inputs, and
 * its `messages` and `target` as such where they have those types. Absent, null and empty are one.
 */
import {
  decodeItem,
  encode,
  fromBlockForm,
  isObject,
  setKey,
  type Platform,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { invalid, type Loc } from "./errors.js";

/** Its canonical form: `inputs` always, the others where they hold something. */
export interface Datapoint {
  readonly inputs: ValueObject;
  readonly messages?: readonly Value[];
  readonly target?: ValueObject;
}

const names = ["inputs", "messages", "target"];

/** What an item, in the user's form, is to Humanloop. */
export function seenIn(item: ValueObject): Datapoint {
  const { inputs = null, messages = null, target = null } = item;
  const isOwn = Object.keys(item).every(key => names.includes(key)) && (inputs === null || isObject(inputs));
  if (isOwn && isMessages(messages) && isTarget(target)) return canonical(inputs ?? {}, messages, target);
  const [talk, wish] = [isMessages(messages) ? messages : null, isTarget(target) ? target : null];
  const rest: ValueObject = {};
  for (const key of Object.keys(item))
    if (!(key === "messages" && talk !== null) && !(key === "target" && wish !== null)) setKey(rest, key, item[key]);
  return canonical(rest, talk, wish);
}

/** As {@link seenIn} of a stored item. */
export function seenInBlock(block: Uint8Array): Datapoint {
  return seenIn(fromBlockForm(decodeItem(block)).item);
}

/** Reads a datapoint of a request; keys that it does not have are left out. Throws 422 with the place. */
export function readDatapoint(given: Value, loc: Loc): Datapoint {
  if (!isObject(given)) throw notObject(loc);
  const { inputs = null, messages = null, target = null } = given;
  if (inputs !== null && !isObject(inputs)) throw notObject([...loc, "inputs"]);
  if (target !== null && !isObject(target)) throw notObject([...loc, "target"]);
  if (messages !== null && !Array.isArray(messages))
    throw invalid([...loc, "messages"], "value is not a valid list", "type_error.list");
  messages?.forEach((message, i) => checkMessage(message, [...loc, "messages", i]));
  return canonical(inputs ?? {}, messages, target);
}

/** The item that is stored for a datapoint. */
export function itemOf({ inputs, messages, target }: Datapoint): ValueObject {
  return { inputs, ...(messages ? { messages: [...messages] } : {}), ...(target ? { target } : {}) };
}

/** Names a datapoint by its content: the digest of its canonical form as latin1 text of 32 characters. */
export function digestOf(platform: Platform, datapoint: Datapoint): string {
  const digest = new Uint8Array(32);
  platform.digestInto(encode(itemOf(datapoint)), digest, 0);
  return platform.latin1(digest, 0, 32);
}

function canonical(inputs: ValueObject, messages: readonly Value[] | null, target: ValueObject | null): Datapoint {
  return {
    inputs,
    ...(messages && messages.length > 0 ? { messages } : {}),
    ...(target && Object.keys(target).length > 0 ? { target } : {}),
  };
}

function notObject(loc: Loc) {
  return invalid(loc, "value is not a valid dict", "type_error.dict");
}

function isTarget(value: Value): value is ValueObject | null {
  return value === null || isObject(value);
}

function isMessages(value: Value): value is Value[] | null {
  return value === null || (Array.isArray(value) && value.every(message => faultIn(message) === undefined));
}

function checkMessage(message: Value, loc: Loc): void {
  const fault = faultIn(message);
  if (fault === undefined) return;
  const [step, msg, type] = fault;
  throw invalid(step === "" ? loc : [...loc, step], msg, type);
}

type Fault = readonly [step: string, msg: string, type: string];
const roles = ["user", "assistant", "system", "tool", "developer"];

/** What keeps a value from being a chat message. */
function faultIn(message: Value): Fault | undefined {
  if (!isObject(message)) return ["", "value is not a valid dict", "type_error.dict"];
  const { role, content = null, name = null, tool_call_id: call = null, tool_calls: calls = null } = message;
  if (role === undefined) return ["role", "field required", "value_error.missing"];
  if (typeof role !== "string" || !roles.includes(role))
    return ["role", `value is not one of ${roles.join(", ")}`, "type_error.enum"];
  if (content !== null && typeof content !== "string" && !(Array.isArray(content) && content.every(isContent)))
    return ["content", "value is not a text, or a list of text and image_url parts", "type_error"];
  if (name !== null && typeof name !== "string") return ["name", "str type expected", "type_error.str"];
  if (call !== null && typeof call !== "string") return ["tool_call_id", "str type expected", "type_error.str"];
  if (calls !== null && !(Array.isArray(calls) && calls.every(isToolCall)))
    return ["tool_calls", "value is not a list of calls of functions", "type_error"];
  return undefined;
}

function isContent(part: Value): boolean {
  if (!isObject(part)) return false;
  if (part["type"] === "text") return typeof part["text"] === "string";
  const { image_url: image } = part;
  if (part["type"] !== "image_url" || !isObject(image) || typeof image["url"] !== "string") return false;
  return ["high", "low", "auto", null, undefined].includes(image["detail"] as string | null | undefined);
}

function isToolCall(call: Value): boolean {
  if (!isObject(call) || typeof call["id"] !== "string" || call["type"] !== "function") return false;
  const { function: called } = call;
  return (
    isObject(called) &&
    typeof called["name"] === "string" &&
    ["string", "undefined"].includes(typeof (called["arguments"] ?? undefined))
  );
}
