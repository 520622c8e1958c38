/** Where rows come from: the version and the person that made each, and that last changed it. */
import type { DatasetVersion, Platform, Repository } from "@sheaf/core";
import { isoTime } from "../catalog/time.js";
import { userInfo, type UserInfo } from "./users.js";
import type { Version } from "./versions.js";

export interface RowMetadata {
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
        ({ author }) => userInfo(this.platform, author),
        () => null,
      );
      this.#kept.set(commit, user);
    }
    return user;
  }

  get platform(): Platform {
    return this.repo.local().platform;
  }
}

/** The origins of rows of a version. `all` are the dataset's versions. */
export class Origins {
  readonly #numbers = new Map<string, number>();

  constructor(
    readonly repo: Repository,
    readonly authors: Authors,
    readonly all: readonly Version[],
    readonly version: DatasetVersion,
    readonly commit: string,
  ) {
    for (const { number, commit: last, first } of all) this.#numbers.set(last, number).set(first, number);
  }

  /** By the rows' own ids. */
  async of(ids: readonly string[], signal: AbortSignal): Promise<Map<string, RowMetadata>> {
    const found = new Map<string, RowMetadata>();
    const blame = this.repo.dataset(this.version.path).blame({ at: this.commit, ids, signal });
    for await (const { id, created, createdTime, changed, changedTime } of blame)
      found.set(id, {
        created_in_version: this.#number(created, createdTime),
        created_at: isoTime(createdTime),
        created_by_user: await this.authors.of(created),
        updated_in_version: this.#number(changed, changedTime),
        updated_at: isoTime(changedTime),
        updated_by_user: await this.authors.of(changed),
      });
    return found;
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
