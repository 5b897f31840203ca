// What the scripts work out, apart from the page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { unused } from "../static/js/bulk-match.js";
import { pictures, request } from "../static/js/console.js";
import { withoutPrompts } from "../static/js/copy.js";
import { percent } from "../static/js/create-fields.js";
import { generateWords } from "../static/js/create.js";
import { withoutDialog } from "../static/js/dialog.js";
import { numbers, offset } from "../static/js/document.js";
import { namesOf } from "../static/js/drop.js";
import { lengthOf } from "../static/js/fields.js";
import { matching } from "../static/js/keys.js";
import { neighbour } from "../static/js/samples.js";

test("a copied command has no prompt", () => {
  assert.equal(withoutPrompts("$ curl x \\\n  -H 'a: $ b'\n$ ls\n"), "curl x \\\n  -H 'a: $ b'\nls");
});

test("a closed dialog leaves the address, and nothing else does", () => {
  assert.equal(withoutDialog("https://x.test/t/a?dialog=new&page=2#top"), "https://x.test/t/a?page=2#top");
});

test("many files are counted, few are named", () => {
  const files = (...names) => names.map((name) => ({ name }));
  assert.equal(namesOf(files("a.png", "b.png")), "a.png, b.png");
  assert.equal(namesOf(files("a", "b", "c", "d")), "4 files");
  assert.equal(namesOf(null), "");
});

test("characters outside the first plane count once", () => {
  assert.equal(lengthOf("a😀é"), 3);
});

test("the palette finds by all words and puts what starts with them first", () => {
  const list = ["Brand kits", "API Keys", "Your account", "Keyboard keys"].map((label) => ({ label }));
  assert.deepEqual(matching(list, "key").map(({ label }) => label), ["Keyboard keys", "API Keys"]);
  assert.deepEqual(matching(list, "kits br").map(({ label }) => label), ["Brand kits"]);
  assert.equal(matching(list, "").length, 4);
});

test("a button says what it makes and what that costs", () => {
  assert.equal(generateWords(1), "Generate 1 picture · 1 credit");
  assert.equal(generateWords(4), "Generate 4 pictures · 4 credits");
});

test("a point stays inside its picture", () => {
  assert.deepEqual([percent(-1), percent(0.333), percent(2)], [0, 33, 100]);
});

test("a problem's line and column lead to its place in the text", () => {
  const text = "{\n  \"name\": 1,\n\n}";
  assert.equal(offset(text, 1, 1), 0);
  assert.equal(text.slice(offset(text, 2, 3), offset(text, 2, 9)), "\"name\"");
  assert.equal(offset(text, 3, 9), text.indexOf("\n}"), "a column behind the line's end is its end");
  assert.equal(offset(text, 99, 1), text.length);
  assert.equal(numbers(3), "1\n2\n3");
});

test("columns that nothing uses are named", () => {
  assert.deepEqual(unused(["Title", "Weight", "SKU"], ["0", "", "2"]), ["Weight"]);
  assert.deepEqual(unused([], [""]), []);
});

test("the console fills in the path, asks only for what is given, and sends the body as it stands", () => {
  const fields = [["path:id", "a/b c"], ["query:limit", "20"], ["query:cursor", ""], ["body", "{\n}"]];
  assert.deepEqual(request("/v1/templates/{id}/schema", fields), { path: "/v1/templates/a%2Fb%20c/schema?limit=20", body: "{\n}" });
  assert.deepEqual(request("/v1/credits", []), { path: "/v1/credits", body: undefined });
});

test("only finished pictures of an answer are shown", () => {
  const done = { url: "/p/a.png", altText: "Hello", format: "png", width: 10, height: 20 };
  const images = [done, { url: null, format: "png" }, { ...done, format: "pdf" }];
  assert.deepEqual(pictures({ images }), [{ url: "/p/a.png", alt: "Hello", width: 10, height: 20 }]);
  assert.deepEqual(pictures({ data: [] }), []);
  assert.deepEqual(pictures(undefined), []);
});

test("arrows go round the languages", () => {
  const tabs = ["curl", "go", "rust"];
  assert.equal(neighbour(tabs, "rust", "ArrowRight"), "curl");
  assert.equal(neighbour(tabs, "curl", "ArrowLeft"), "rust");
  assert.equal(neighbour(tabs, "go", "Home"), "curl");
  assert.equal(neighbour(tabs, "go", "x"), undefined);
});
