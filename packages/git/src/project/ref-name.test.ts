import { expect, test } from "vitest";
import { fromGitRef, toGitRef } from "./ref-name.js";

test.each([
  ["refs/heads/main", "refs/heads/main"],
  ["refs/tags/v1", "refs/tags/v1"],
  ["refs/environments/0af1/production", "refs/sheaf/environments/0af1/production"],
  ["refs/notes/0af1/bafy", "refs/sheaf/notes/0af1/bafy"],
  ["refs/drafts/x", "refs/sheaf/drafts/x"],
])("%s is %s in git, and back", (name, inGit) => {
  expect(toGitRef(name)).toBe(inGit);
  expect(fromGitRef(inGit)).toBe(name);
});

test.each([
  "refs/remotes/origin/main",
  "refs/versions/0af1/3",
  "refs/other/x",
  "head",
  "refs/sheaf/environments/x",
  "refs/heads/",
])("%s does not travel", name => expect(toGitRef(name)).toBeUndefined());

test.each(["refs/pull/1/head", "refs/notes/commits", "refs/sheaf/other/x", "refs/environments/x", "HEAD"])(
  "%s in git is nothing here",
  name => expect(fromGitRef(name)).toBeUndefined(),
);
