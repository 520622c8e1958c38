import { afterAll, beforeAll, expect, test } from "vitest";
import { Gitea } from "./git-host/gitea.js";

let host: Gitea;
beforeAll(async () => void (host = await Gitea.start()));
afterAll(() => host?.close());

test("it starts", async () => {
  const ada = host.addUser("ada");
  const repository = await ada.addRepository("evals");
  await ada.addFile(repository, "README.md", "# Evals\n");
  expect((await ada.file(repository, "README.md")).text).toBe("# Evals\n");
  console.log(await ada.addToken("t"));
});
