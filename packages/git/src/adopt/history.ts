/** Adopts histories: parents first, however long, each commit once. */
import { badInput, type Digest, type Watch } from "@sheaf/core";
import { parseCommit, parseTag } from "../commit.js";
import type { GitObject, Oid } from "../object.js";
import type { Projector } from "../project/contract.js";
import { Adoption, type AdoptionPlace } from "./commit.js";

/** Commits between two pauses, in which timers and signals get through. */
const pauseEvery = 64;

export interface HistoryPlace extends AdoptionPlace {
  readonly projector: AdoptionPlace["projector"] & Pick<Projector, "digestOf" | "remember">;
}

/** A commit or tag on the way: what it names, and how many of that were looked at. */
interface Visit {
  readonly oid: Oid;
  readonly type: "commit" | "tag";
  readonly needs: readonly Oid[];
  next: number;
}

/**
 * Adopts commits and annotated tags with all that they reach and that is not known here yet; gives the digest of each tip.
 *
 * Writes blocks and tells the projector what they are called in git; moves nothing. Throws bad-input for the first that cannot be adopted, or that names what
 * Sheaf cannot hold, such as a tag of a file.
 */
export async function adoptAll(
  place: HistoryPlace,
  tips: readonly Oid[],
  watch: Watch = {},
): Promise<Map<Oid, Digest>> {
  const history = new History(place, watch);
  const adopted = new Map<Oid, Digest>();
  for (const tip of tips) adopted.set(tip, await history.adopt(tip));
  return adopted;
}

class History {
  readonly #adoption: Adoption;
  readonly #known = new Map<Oid, Digest>();
  #done = 0;

  constructor(
    readonly place: HistoryPlace,
    readonly watch: Watch,
  ) {
    this.#adoption = new Adoption(place);
  }

  async adopt(tip: Oid): Promise<Digest> {
    const open: Visit[] = [];
    let found = await this.#visit(tip, open);
    for (let visit = open.at(-1); visit; visit = open.at(-1)) {
      if (visit.next < visit.needs.length) await this.#visit(visit.needs[visit.next++], open);
      else {
        found = await this.#finish(visit);
        open.pop();
      }
    }
    return found ?? this.#digest(tip);
  }

  /** Gives the digest of what is known, and puts what is not on top of what is open. */
  async #visit(oid: Oid, open: Visit[]): Promise<Digest | undefined> {
    const known = this.#known.get(oid) ?? (await this.place.projector.digestOf(oid));
    if (known) this.#known.set(oid, known);
    else open.push(visitOf(oid, await this.place.source.read(oid)));
    return known;
  }

  async #finish({ oid, type, needs }: Visit): Promise<Digest> {
    this.watch.signal?.throwIfAborted();
    const parents = needs.map(need => ({ oid: need, digest: this.#digest(need) }));
    const known = this.#known.get(oid);
    if (known) return known;
    const digest =
      type === "tag" ? await this.#adoption.tag(oid, parents[0].digest) : await this.#adoption.commit(oid, parents);
    await this.place.projector.remember(digest, oid);
    this.#known.set(oid, digest);
    await this.place.blocks.drain();
    this.watch.progress?.({ phase: "adopting", done: ++this.#done, unit: "commits" });
    if (this.#done % pauseEvery === 0) await this.place.platform.pause();
    return digest;
  }

  #digest(oid: Oid): Digest {
    const digest = this.#known.get(oid);
    if (!digest) throw badInput(`the git object ${oid} names itself`, { commit: oid });
    return digest;
  }
}

function visitOf(oid: Oid, object: GitObject | undefined): Visit {
  const place = { commit: oid };
  if (!object) throw badInput("the git object is missing; fetch anew", place);
  if (object.type === "commit") return { oid, type: "commit", needs: parseCommit(object.body, place).parents, next: 0 };
  if (object.type !== "tag") throw badInput(`a ${object.type} stands where a commit is wanted`, place);
  const { object: named, type } = parseTag(object.body, place);
  if (type !== "commit" && type !== "tag")
    throw badInput(`a tag of a ${type}; Sheaf holds tags of commits only`, place);
  return { oid, type: "tag", needs: [named], next: 0 };
}
