/** Files and standard input as streams and as text, with errors that name them. */
import { open, stat, type FileHandle } from "node:fs/promises";
import { resolve } from "node:path";
import { addAbortSignal } from "node:stream";
import { badInput, SheafError } from "@sheaf/core";
import type { Io } from "./io.js";

/** Bytes that are read at once: 256 KiB, as much as is encoded at once. */
const chunkBytes = 2 ** 18;
/** Pieces of memory that are read into in turn. */
const rooms = 4;

/** An input that a command was given: `-` is standard input. */
export interface Source {
  /** For errors and for telling the format; `undefined` for standard input. */
  readonly file: string | undefined;
  /** Bytes, where known. */
  readonly size: number | undefined;
  /** Can be called again, but for standard input. A chunk is good until the second one after it is asked for: its memory is used again. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Looks the input up. Throws bad-input when the file is not there or cannot be read. */
export async function openSource(io: Pick<Io, "stdin" | "cwd" | "signal">, name: string): Promise<Source> {
  if (name === "-") return { file: undefined, size: undefined, open: () => readInput(io) };
  const path = resolve(io.cwd, name);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(name, error);
  });
  if (found.isDirectory()) throw badInput("this is a folder, not a file", { file: name });
  return { file: name, size: found.isFile() ? found.size : undefined, open: () => read(path, name) };
}

/** All of an input; meant for patches and the like, not for data. */
export async function readAll(source: Source): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.open()) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
}

/** Standard input; an interrupt does not wait for it to say something. */
function readInput({ stdin, signal }: Pick<Io, "stdin" | "signal">): AsyncIterable<Uint8Array> {
  stdin.once("error", () => undefined); // whoever reads is told; when nobody does, nobody needs to know
  return addAbortSignal(signal, stdin);
}

/** One chunk is read while the one before is worked on. Fresh memory for each would be garbage as large as the file. */
async function* read(path: string, name: string): AsyncGenerator<Uint8Array> {
  const failed = (error: NodeJS.ErrnoException) => {
    throw unreadable(name, error);
  };
  const file = await open(path).catch(failed);
  const memory = Array.from({ length: rooms }, () => new Uint8Array(chunkBytes));
  let reading = fill(file, memory[0]);
  try {
    for (let n = 1; ; n++) {
      const chunk = await reading.catch(failed);
      if (chunk.length === 0) return;
      reading = fill(file, memory[n % rooms]);
      reading.catch(() => undefined); // whoever awaits it hears of it
      yield chunk;
    }
  } finally {
    await reading.catch(() => undefined);
    await file.close();
  }
}

/** Reads on in a file: what came, nothing at its end. */
async function fill(file: FileHandle, room: Uint8Array): Promise<Uint8Array> {
  const { bytesRead } = await file.read(room, 0, room.length, null);
  return room.subarray(0, bytesRead);
}

function unreadable(name: string, error: NodeJS.ErrnoException): SheafError {
  const reasons: Record<string, string> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such file",
    EACCES: "the file may not be read",
  };
  const reason = reasons[error.code ?? ""];
  if (reason !== undefined) return badInput(reason, { file: name });
  return new SheafError(
    "drive-failed",
    { name, reason: error.code ?? error.message },
    `${name}: the file cannot be read (${error.message})`,
    { cause: error },
  );
}
