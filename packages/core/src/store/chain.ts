/** Awaitable values without a detour: what is there already is used at once. */
import type { Awaitable } from "../platform.js";

/** Calls `next` with the value: at once when it is there, else when it comes. */
export function chain<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
