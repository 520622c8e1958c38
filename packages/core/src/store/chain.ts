/** Awaitable values without a detour: what is there already is used at once. */
import type { Awaitable } from "../platform.js";

/** Calls `use` with the value: at once when it is there, else when it comes. */
export function chain<T, R>(value: Awaitable<T>, use: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
