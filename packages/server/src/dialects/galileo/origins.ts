/** Where rows come from: the version and the person that made each, and that last changed it. */
import {
  isAncestor,
  isSheafError,
  parseCid,
  printJson,
  type BlameInfo,
  type DatasetVersion,
  type Repository,
  type Value,
} from "@sheaf/core";
import { isoTime } from "../catalog/time.js";
import { userInfo, type UserInfo } from "./users.js";
import type { Version } from "./versions.js";

interface RowMetadata {
  readonly created_in_version: number;
  readonly created_at: string;
  readonly created_by_user: UserInfo | null;
  readonly updated_in_version: number;
  readonly updated_at: string;
  readonly updated_by_user: UserInfo | null;
}

const maxKept = 10_000;

/** Who made commits. */
export class Authors {
  readonly #kept = new Map<string, Promise<UserInfo | null>>();

  constructor(readonly repo: Repository) {}

  /** `null` for a commit that is not here, as in a partial clone. */
  of(commit: string): Promise<UserInfo | null> {
    let user = this.#kept.get(commit);
    if (!user) {
      if (this.#kept.size >= maxKept) this.#kept.clear();
      user = this.repo.show(commit).then(
        ({ author }) => userInfo(this.repo.context.platform, author),
        () => null,
      );
      this.#kept.set(commit, user);
    }
    return user;
  }
}

/** The origins of rows of a version. `all` are the dataset's versions. */
export class Origins {
  readonly #numbers = new Map<string, number>();
  /** By the two commits that a row comes from: most rows share theirs. */
  readonly #texts = new Map<string, string>();

  constructor(
    readonly repo: Repository,
    readonly authors: Authors,
    readonly all: readonly Version[],
    readonly version: DatasetVersion,
    readonly commit: string,
  ) {
    for (const { number, commit: last, first } of all) this.#numbers.set(last, number).set(first, number);
  }

  /** As JSON text, by the rows' own ids. */
  async of(ids: readonly string[], signal: AbortSignal): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const blame = this.repo.dataset(this.version.path).blame({ at: this.commit, ids, signal });
    for await (const origin of blame) {
      const name = `${origin.created} ${origin.changed}`;
      const known = this.#texts.get(name) ?? printJson((await this.#metadata(origin)) as unknown as Value);
      this.#texts.set(name, known);
      found.set(origin.id, known);
    }
    return found;
  }

  async #metadata({ created, createdTime, changed, changedTime }: BlameInfo): Promise<RowMetadata> {
    return {
      created_in_version: await this.#number(created, createdTime),
      created_at: isoTime(createdTime),
      created_by_user: await this.authors.of(created),
      updated_in_version: await this.#number(changed, changedTime),
      updated_at: isoTime(changedTime),
      updated_by_user: await this.authors.of(changed),
    };
  }

  /** The version that a commit went into: one of a branch that was merged went into the first version that descends from it. */
  async #number(commit: string, time: number): Promise<number> {
    const known = this.#numbers.get(commit);
    if (known !== undefined) return known;
    const later = this.all.find(({ changed }) => changed >= time) ?? this.all[this.all.length - 1];
    const { number } = (await this.#firstFrom(commit)) ?? later;
    this.#numbers.set(commit, number);
    return number;
  }

  /** Versions descend from each other, so that halving finds it; `undefined` where none is known to, as in a partial clone. */
  async #firstFrom(commit: string): Promise<Version | undefined> {
    const { store } = this.repo.context;
    let [low, high] = [0, this.all.length];
    try {
      while (low < high) {
        const middle = (low + high) >>> 1;
        const { digest } = parseCid(this.all[middle].commit);
        if (await isAncestor(store, parseCid(commit).digest, digest)) high = middle;
        else low = middle + 1;
      }
      return this.all.at(low);
    } catch (error) {
      if (isSheafError(error, "missing-block")) return undefined;
      throw error;
    }
  }
}
