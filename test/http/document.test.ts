/** The document of the server: valid by a stranger's judgement, whole, and the same as the page in docs. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { allRoutes, documentOf, printMarkdown } from "@sheaf/server";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fresh } from "./server.js";

const document = documentOf(allRoutes);

test("it is OpenAPI 3.1 to a validator", async () => {
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

test("the server gives it, and a page of it that needs no other host", async () => {
  const { app } = await fresh();
  const given = await app.fetch(new Request("http://localhost/api/v1/openapi.json"));
  expect(await given.json()).toEqual(JSON.parse(JSON.stringify(document)));
  const page = await app.fetch(new Request("http://localhost/api/docs"));
  const html = await page.text();
  expect(html).not.toMatch(/(src|href)="[^"#/]/);
  expect(html).not.toMatch(/<script|@import|url\(/);
  for (const { operationId } of allRoutes) expect(html).toContain(`<section id="${operationId}">`);
});

test("every route stands in it, by a name of its own, its parameters apart from what the client adds", () => {
  const ids = allRoutes.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const own = ["body", "ifMatch", "ifNoneMatch", "signal", "headers"];
  for (const [path, methods] of Object.entries(document.paths))
    for (const { parameters, operationId } of Object.values(methods)) {
      const names = parameters.filter(parameter => parameter.in !== "header").map(({ name }) => name);
      expect([operationId, new Set(names).size, names.filter(name => own.includes(name))]).toEqual([
        operationId,
        names.length,
        [],
      ]);
      const inPath = parameters.filter(parameter => parameter.in === "path").map(({ name }) => `{${name}}`);
      expect([operationId, inPath]).toEqual([operationId, path.match(/\{\w+\}/g) ?? []]);
    }
});

test("every operation tells what it does, by what scope, and how it says no", () => {
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { summary, security, responses }] of Object.entries(methods)) {
      expect([path, method, summary]).toEqual([path, method, expect.stringMatching(/^[A-Z].*\.$/)]);
      const isOpen = security.length === 0;
      expect([path, method, "401" in responses]).toEqual([path, method, !isOpen]);
      expect(Object.keys(responses).some(status => /^[23]/.test(status))).toBe(true);
    }
});

/** After a change on purpose, `npx vitest run test/http/document -u` writes it anew. */
test("docs/http.md is the document in Markdown", async () => {
  const page = fileURLToPath(new URL("../../docs/http.md", import.meta.url));
  await expect(printMarkdown(document)).toMatchFileSnapshot(page);
});
