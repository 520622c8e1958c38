import { expect, test } from "vitest";
import { printCid } from "../block/cid.js";
import { decodeNote, encodeNote, noteRef, parseNoteRef } from "./note.js";

const first = printCid(new Uint8Array(32).fill(7));
const dataset = "0123456789abcdef0123456789abcdef";

test("a note's bytes are these", () => {
  const note = {
    commit: new Uint8Array(32).fill(7),
    note: { humanloop: { name: "gold", description: null } },
    writer: { name: "Ada", email: "ada@example.org", time: 1_700_000_000, zone: 90 },
  };
  const bytes = encodeNote(note);
  expect(Buffer.from(bytes).toString("hex")).toMatchInlineSnapshot(
    `"a7646e616d65646e6f746564747970656374616766746167676572a4646e616d65634164616474696d651a6553f100647a6f6e65185a65656d61696c6f616461406578616d706c652e6f726766746172676574d82a582500017112200707070707070707070707070707070707070707070707070707070707070707676d657373616765606776657273696f6e016a61747472696275746573a1646e6f7465a16968756d616e6c6f6f70a2646e616d6564676f6c646b6465736372697074696f6ef6"`,
  );
  expect(decodeNote(bytes)).toEqual(note);
});

test("the name of a note says which version of which dataset", () => {
  expect(parseNoteRef(noteRef(dataset, first))).toEqual({ dataset, first });
});

test.each([
  `refs/notes/${dataset}/${first}/x`,
  `refs/notes/${dataset}/${first.slice(0, -1)}`,
  `refs/notes/${dataset}/${first.toUpperCase()}`,
  `refs/notes/${dataset}/${printCid(new Uint8Array(32).fill(7), 0x55)}`,
  `refs/notes/${dataset.toUpperCase()}/${first}`,
  `refs/notes/${dataset}`,
  "refs/notes/commits",
  `refs/heads/${dataset}/${first}`,
])("%s is no name of a note", name => expect(parseNoteRef(name)).toBeUndefined());
