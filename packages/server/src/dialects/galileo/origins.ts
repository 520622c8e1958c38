/** Where rows come from: the version and the person that made each, and that last changed it. */
import { printJson, type BlameInfo, type DatasetVersion, type Repository, type Value } from "@sheaf/core";
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
      created_in_version: this.#number(created, createdTime),
      created_at: isoTime(createdTime),
      created_by_user: await this.authors.of(created),
      updated_in_version: this.#number(changed, changedTime),
      updated_at: isoTime(changedTime),
      updated_by_user: await this.authors.of(changed),
    };
  }

  /** The version that a commit went into; one of a branch that was merged went into the first version that is as late. */
  #number(commit: string, time: number): number {
    const known = this.#numbers.get(commit);
    if (known !== undefined) return known;
    const number = (this.all.find(({ changed }) => changed >= time) ?? this.all[this.all.length - 1]).number;
    this.#numbers.set(commit, number);
    return number;
  }
}
