import fc from "fast-check";
import { expect, test } from "vitest";
import { pathOf } from "./asked.js";

test("law: the path of a request is that of its address", () => {
  const origins = fc.constantFrom("http://a", "https://a.example:7117", "http://[::1]:7117");
  const paths = fc.string({ maxLength: 20 }).map(text => `/${text.replace(/[?#]/g, "")}`);
  const queries = fc.constantFrom("", "?", "?x=/y", "?a//b?c", "#/b", "#?/", "?x#//y");
  fc.assert(
    fc.property(origins, paths, queries, (origin, path, query) => {
      const request = new Request(origin + path + query);
      expect(pathOf(request)).toBe(new URL(request.url).pathname);
    }),
  );
});
