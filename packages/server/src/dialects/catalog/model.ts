/**
 * A language model that the user configured, for what vendors make with one: any endpoint that speaks as OpenAI's does.
 *
 * The configuration of the repository names it (`llm.url`, such as `https://models.example.org/v1`, and `llm.model`); its key, if it wants one, is in the
 * environment of the server. Nothing is asked unless all of that was said. Only who listens gives the app a way out.
 */
import { isObject, isSheafError, parseJson, printJson, type Value } from "@sheaf/core";
import type { Desk, ModelDoor } from "../../desk.js";
import { HttpError } from "../../problem.js";

export interface ModelRequest {
  readonly prompt: string;
  /** Default: `llm.model`. */
  readonly model?: string | undefined;
  readonly maxTokens?: number | undefined;
  readonly signal: AbortSignal;
}

/** A model gets this long, and may say this much. */
const maxMs = 120_000;
const maxBytes = 4 * 2 ** 20;

/**
 * Asks the model; gives what it says.
 *
 * Throws `no-model` (400) where none is configured, `bad-request` (400) where the endpoint will not have the request, `model-failed` (502) where it fails.
 */
export async function askModel(desk: Desk, request: ModelRequest): Promise<string> {
  const { door, url, model } = await configured(desk, request.model);
  const body = {
    model,
    messages: [{ role: "user", content: request.prompt }],
    ...(request.maxTokens === undefined ? {} : { max_tokens: request.maxTokens }),
  };
  const init: RequestInit = {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(door.key === undefined || door.key === "" ? {} : { authorization: `Bearer ${door.key}` }),
    },
    body: printJson(body),
    redirect: "error",
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(maxMs)]),
  };
  return contentOf(await sent(door, url, init));
}

/** Throws `no-model` where none is configured: for what asks it only later. */
export async function needModel(desk: Desk): Promise<void> {
  await configured(desk, undefined);
}

async function configured({ repo, model: door }: Desk, wanted: string | undefined) {
  const [url, usual] = await Promise.all([repo.config.get("llm.url"), repo.config.get("llm.model")]);
  const model = wanted ?? usual;
  if (!door || typeof url !== "string" || typeof model !== "string")
    throw new HttpError(
      400,
      "no-model",
      "no language model is configured; set llm.url and llm.model with sheaf config, its key in SHEAF_LLM_KEY, and serve again",
    );
  return { door, model, url: `${url.replace(/\/+$/, "").replace(/\/chat\/completions$/, "")}/chat/completions` };
}

async function sent(door: ModelDoor, url: string, init: RequestInit): Promise<Value> {
  try {
    const response = await door.fetch(url, init);
    const text = await bounded(response);
    if (response.ok) return parseJson(text);
    if (response.status >= 400 && response.status < 500 && response.status !== 429)
      throw new HttpError(
        400,
        "bad-request",
        `the model's endpoint refused the request with status ${response.status}`,
      );
    throw failed(`answered with status ${response.status}`);
  } catch (error) {
    if (error instanceof HttpError) throw error;
    init.signal?.throwIfAborted();
    throw failed(isSheafError(error) ? "answered with what is no JSON" : "could not be reached");
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > maxBytes) throw failed(`answered with more than ${maxBytes} bytes`);
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

function contentOf(answer: Value): string {
  const choices = isObject(answer) ? answer["choices"] : undefined;
  const first = Array.isArray(choices) ? choices[0] : undefined;
  const message = isObject(first) ? first["message"] : undefined;
  const content = isObject(message) ? message["content"] : undefined;
  if (typeof content === "string") return content;
  throw failed("said nothing");
}

function failed(what: string): HttpError {
  return new HttpError(502, "model-failed", `the language model's endpoint ${what}`);
}

/** The objects in what a model said: a JSON list of them, or one, fenced or among words. */
export function objectsIn(said: string): Value[] {
  for (const [open, close] of [
    ["[", "]"],
    ["{", "}"],
  ]) {
    const [from, to] = [said.indexOf(open), said.lastIndexOf(close)];
    if (from < 0 || to < from) continue;
    try {
      const value = parseJson(said.slice(from, to + 1));
      const all = Array.isArray(value) ? value : [value];
      if (all.length > 0 && all.every(isObject)) return all;
    } catch {
      // Not in this form.
    }
  }
  return [];
}
