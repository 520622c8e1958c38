/**
 * The serving half of git's smart protocol: refs, what the other side has and wants, and a pack of what it lacks. Reads only.
 *
 * Speaks version 2 and version 0 without state between requests, as HTTP wants it. What it does not offer (shallow clones, filters, pushes) is refused with
 * git's own `ERR` line. Protocol: git's gitprotocol-v2 and gitprotocol-pack pages.
 */
import { compareText, difference, joinBytes, parseCid, utf8, type Digest, type Local, type Watch } from "@sheaf/core";
import type { GitPlatform, Oid } from "../object.js";
import type { OpenScratch } from "../pack/scratch.js";
import { PackWriter } from "../pack/writer.js";
import { readVersion } from "../project/commit-order.js";
import type { Projector } from "../project/contract.js";
import { openProjector } from "../project/projection.js";
import { toGitRef } from "../project/ref-name.js";
import { flushPacket, packet, PacketReader } from "../transport/packet.js";
import { parseRequest, readLines } from "./request.js";

export interface UploadPlace {
  readonly local: Local;
  readonly git: GitPlatform;
  readonly openScratch: OpenScratch;
}

/** A ref as git sees it; `peeled` is the commit behind an annotated tag. */
interface GitRef {
  readonly name: string;
  readonly oid: Oid;
  readonly peeled?: Oid;
}

const bandBytes = 65_515;
const agent = "agent=sheaf";
const delimiter = utf8("0001");

export class UploadPack {
  #projector: Promise<Projector> | undefined;
  /** One projection at a time: what two would make is the same. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly place: UploadPlace) {}

  /** What `GET info/refs?service=git-upload-pack` answers. */
  async advertise(version: 0 | 2, watch: Watch): Promise<Uint8Array> {
    const head = [packet("# service=git-upload-pack\n"), flushPacket];
    if (version === 2) {
      const offers = ["version 2", agent, "ls-refs=unborn", "fetch", "object-format=sha1"];
      return joinBytes([...head, ...offers.map(line => packet(`${line}\n`)), flushPacket]);
    }
    const { refs, head: branch } = await this.#refs(watch);
    const symref = branch === undefined ? "" : ` symref=HEAD:${branch}`;
    const offers = `thin-pack side-band-64k ofs-delta no-progress include-tag${symref} object-format=sha1 ${agent}`;
    const listed = refs.flatMap(({ name, oid, peeled }) => [
      `${oid} ${name}`,
      ...(peeled ? [`${peeled} ${name}^{}`] : []),
    ]);
    const lines = listed.length > 0 ? listed : [`${"0".repeat(40)} capabilities^{}`];
    return joinBytes([
      ...head,
      ...lines.map((line, i) => packet(i === 0 ? `${line}\0${offers}\n` : `${line}\n`)),
      flushPacket,
    ]);
  }

  /** Answers one `POST git-upload-pack`. What is wrong with the request is said in the answer, as git does. */
  async *answer(version: 0 | 2, body: AsyncIterable<Uint8Array>, watch: Watch): AsyncGenerator<Uint8Array> {
    const lines = await readLines(new PacketReader(body));
    if (version === 0) yield* this.#answerOld(lines, watch);
    else if (lines[0] === "command=ls-refs") yield await this.#list(lines, watch);
    else if (lines[0] === "command=fetch") yield* this.#fetch(lines, watch);
    else yield packet(`ERR this server does not know ${JSON.stringify((lines[0] ?? "").slice(0, 80))}\n`);
  }

  async #list(lines: readonly string[], watch: Watch): Promise<Uint8Array> {
    const prefixes = lines.filter(line => line.startsWith("ref-prefix ")).map(line => line.slice("ref-prefix ".length));
    const [wantsSymrefs, wantsPeeled] = [lines.includes("symrefs"), lines.includes("peel")];
    const { refs, head } = await this.#refs(watch);
    const chosen = refs.filter(({ name }) => prefixes.length === 0 || prefixes.some(prefix => name.startsWith(prefix)));
    const printed = chosen.map(({ name, oid, peeled }) => {
      const symref = name === "HEAD" && wantsSymrefs && head !== undefined ? ` symref-target:${head}` : "";
      return packet(`${oid} ${name}${symref}${peeled && wantsPeeled ? ` peeled:${peeled}` : ""}\n`);
    });
    const isUnborn = lines.includes("unborn") && head !== undefined && !refs.some(({ name }) => name === "HEAD");
    if (isUnborn) printed.push(packet(`unborn HEAD symref-target:${head}\n`));
    return joinBytes([...printed, flushPacket]);
  }

  async *#fetch(lines: readonly string[], watch: Watch): AsyncGenerator<Uint8Array> {
    const request = parseRequest(lines);
    if (typeof request === "string") return void (yield packet(`ERR ${request}\n`));
    const common = await this.#common(request.haves);
    if (!request.isDone) {
      yield packet("acknowledgments\n");
      if (common.length === 0) yield packet("NAK\n");
      for (const { oid } of common) yield packet(`ACK ${oid}\n`);
      if (common.length === 0) return void (yield flushPacket);
      yield packet("ready\n");
      yield delimiter;
    }
    const wants = await this.#wanted(request.wants, watch);
    if (!wants) return void (yield packet("ERR a wanted object is not a ref of this repository\n"));
    yield packet("packfile\n");
    yield* this.#pack(wants, common, request.isThin, watch);
  }

  /** Version 0 without multi_ack: one acknowledgement, the first thing in common, or none; the pack follows `done`. */
  async *#answerOld(lines: readonly string[], watch: Watch): AsyncGenerator<Uint8Array> {
    const request = parseRequest(lines.map(line => line.replace(/^(want [0-9a-f]{40}) .*$/, "$1")));
    if (typeof request === "string") return void (yield packet(`ERR ${request}\n`));
    const [offers] = lines;
    const common = await this.#common(request.haves);
    yield packet(common.length === 0 ? "NAK\n" : `ACK ${common[0].oid}\n`);
    if (!request.isDone) return;
    const wants = await this.#wanted(request.wants, watch);
    if (!wants) return void (yield packet("ERR a wanted object is not a ref of this repository\n"));
    if (!/\bside-band-64k\b/.test(offers)) return void (yield packet("ERR side-band-64k is needed\n"));
    yield* this.#pack(wants, common, /\bthin-pack\b/.test(offers), watch);
  }

  async *#pack(
    wants: readonly Digest[],
    common: readonly Common[],
    thin: boolean,
    watch: Watch,
  ): AsyncGenerator<Uint8Array> {
    const scratch = await this.place.openScratch();
    try {
      const writer = new PackWriter(this.place.git, scratch, { thin });
      await this.#alone(async projector => {
        const lacking = await this.#lacking(projector, wants, common, watch);
        await projector.send(wants, { isKnown: oid => !lacking.has(oid), isEmpty: common.length === 0 }, writer, watch);
        await projector.save();
      });
      for await (const chunk of writer.stream(watch.signal))
        for (let at = 0; at < chunk.length; at += bandBytes)
          yield packet(joinBytes([Uint8Array.of(1), chunk.subarray(at, at + bandBytes)]));
      yield flushPacket;
    } finally {
      await scratch.close();
    }
  }

  /** What of the wanted the other side lacks, by its names in git. */
  async #lacking(
    projector: Projector,
    wants: readonly Digest[],
    common: readonly Common[],
    watch: Watch,
  ): Promise<Set<Oid>> {
    const { reader } = this.place.local;
    const lacking = new Set<Oid>();
    const theirs = new Set(common.map(({ oid }) => oid));
    const tips: Digest[] = [];
    for (const want of wants) {
      let version = await readVersion(reader, want);
      for (; version.type === "tag"; version = await readVersion(reader, version.tag.target)) {
        const oid = await projector.oidOf(version.digest, watch);
        if (!theirs.has(oid)) lacking.add(oid);
      }
      tips.push(version.digest);
    }
    const had: Digest[] = [];
    for (const { digest } of common) {
      let version = await readVersion(reader, digest);
      while (version.type === "tag") version = await readVersion(reader, version.tag.target);
      had.push(version.digest);
    }
    for (const digest of (await difference(reader, tips, had)).ahead) lacking.add(await projector.oidOf(digest, watch));
    return lacking;
  }

  /** What of the other side's is here too. */
  #common(haves: readonly Oid[]): Promise<Common[]> {
    return this.#alone(async projector => {
      const common: Common[] = [];
      for (const oid of haves) {
        const digest = await projector.digestOf(oid);
        if (digest) common.push({ oid, digest });
      }
      return common;
    });
  }

  /**
   * The versions that are wanted; `undefined` when one is nothing that a ref names or named.
   *
   * Between the list of the refs and this request refs move on: commits behind those of now are given too, as git does over HTTP.
   */
  async #wanted(oids: readonly Oid[], watch: Watch): Promise<Digest[] | undefined> {
    const { refs } = await this.#refs(watch);
    const named = new Set(refs.flatMap(({ oid, peeled }) => [oid, ...(peeled ? [peeled] : [])]));
    const wants = await this.#common(oids);
    if (wants.length < oids.length) return undefined;
    const others = wants.filter(({ oid }) => !named.has(oid)).map(({ digest }) => digest);
    return (await this.#areBehind(others, refs)) ? wants.map(({ digest }) => digest) : undefined;
  }

  /** Whether these are commits from which those descend that the refs name. */
  async #areBehind(commits: readonly Digest[], refs: readonly GitRef[]): Promise<boolean> {
    if (commits.length === 0) return true;
    const { reader } = this.place.local;
    for (const digest of commits) if ((await readVersion(reader, digest)).type !== "commit") return false;
    const tips = await this.#common(refs.map(({ oid, peeled }) => peeled ?? oid));
    const heads = tips.map(({ digest }) => digest);
    return (await difference(reader, commits, heads)).ahead.length === 0;
  }

  /** The refs as git sees them, HEAD first, each projected. */
  #refs(watch: Watch): Promise<{ refs: GitRef[]; head?: string }> {
    return this.#alone(async projector => {
      const { logs, reader } = this.place.local;
      const refs: GitRef[] = [];
      for (const { name, entry } of await logs.heads("refs/")) {
        const gitName = toGitRef(name);
        if (gitName === undefined || entry.value === null) continue;
        const { digest } = parseCid(entry.value);
        const version = await readVersion(reader, digest);
        const oid = await projector.oidOf(digest, watch);
        const peeled = version.type === "tag" ? { peeled: await projector.oidOf(version.tag.target, watch) } : {};
        refs.push({ name: gitName, oid, ...peeled });
      }
      await projector.save();
      refs.sort((a, b) => compareText(a.name, b.name));
      const head = (await logs.read("HEAD"))?.value ?? undefined;
      const current = refs.find(({ name }) => name === head);
      return { refs: current ? [{ name: "HEAD", oid: current.oid }, ...refs] : refs, ...(head && { head }) };
    });
  }

  /** Works with the projector while nobody else does. */
  #alone<T>(work: (projector: Projector) => Promise<T>): Promise<T> {
    const { local, git } = this.place;
    const done = this.#turn.then(async () => {
      this.#projector ??= openProjector({ reader: local.reader, platform: local.platform, git, drive: local.drive });
      this.#projector.catch(() => (this.#projector = undefined));
      return work(await this.#projector);
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** Something that both sides have. */
interface Common {
  readonly oid: Oid;
  readonly digest: Digest;
}
