/** People as Galileo shows them: known by their e-mail, their ids made from it. */
import type { Platform, Signature } from "@sheaf/core";
import { madeUuid } from "../catalog/uuid.js";

export interface UserInfo {
  readonly id: string;
  readonly email: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
}

/** Somebody who makes commits. The first word of the name is the first name. */
export function userInfo(platform: Platform, { name, email }: Pick<Signature, "name" | "email">): UserInfo {
  const [first, ...rest] = name.split(" ");
  return {
    id: madeUuid(platform, 4, ["galileo user", email]),
    email,
    first_name: first === "" ? null : first,
    last_name: rest.length === 0 ? null : rest.join(" "),
  };
}
