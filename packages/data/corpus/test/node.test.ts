import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CorpusError, type Document } from "../src/index.js";
import { type ReadOptions, readDocuments } from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "corpus-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const put = (path: string, content: string | Uint8Array): string => {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
};
async function read(paths: string | string[], options?: ReadOptions): Promise<Document[]> {
  const all: Document[] = [];
  for await (const document of readDocuments(paths, options)) all.push(document);
  return all;
}
const failure = async (paths: string | string[], options?: ReadOptions) => {
  const error = await read(paths, options).then(
    () => undefined,
    (e: Error) => e,
  );
  expect(error).toBeInstanceOf(CorpusError);
  return (error as Error).message;
};

describe("files", () => {
  test("text, markdown, TypeScript, JSON lines, packed ones; any other name is text", async () => {
    expect(await read(put("a/x.txt", "\ufeffhello"))).toEqual([{ id: "x.txt", text: "hello" }]);
    expect(await read(put("a/README", "words"))).toEqual([{ id: "README", text: "words" }]);
    expect(await read(put("a/y.txt.gz", gzipSync("packed")))).toEqual([{ id: "y.txt.gz", text: "packed" }]);
    const jsonl = '{"q":"1"}\n{"q":"2"}\n';
    const expected = (name: string) => [
      { id: `${name}:1`, text: "1" },
      { id: `${name}:2`, text: "2" },
    ];
    expect(await read(put("a/z.jsonl", jsonl), { field: "q" })).toEqual(expected("z.jsonl"));
    expect(await read(put("a/Z.JSONL.gz", gzipSync(jsonl)), { field: "q" })).toEqual(expected("Z.JSONL.gz"));
  });
  test("several gzip members are one text", async () => {
    expect(
      (await read(put("a/two.gz", Buffer.concat([gzipSync("one "), gzipSync("two")])))).map(({ text }) => text),
    ).toEqual(["one two"]);
  });
  test("several paths keep their order; a separator makes several documents", async () => {
    const [x, y] = [put("b/1.txt", "x<E>y<E>"), put("b/0.txt", "z")];
    expect((await read([x, y], { separator: "<E>" })).map(({ text }) => text)).toEqual(["x", "y", "z"]);
  });
  test("a large file comes in parts of bounded size", async () => {
    const line = `${"lorem ipsum ".repeat(8)}\n`;
    const path = put("big.txt", line.repeat(30_000)); // 2.9 MB
    let length = 0;
    for await (const { text, continues } of readDocuments(path, { maxLength: 100_000 })) {
      expect(text.length).toBeLessThanOrEqual(100_000);
      expect(text.endsWith("\n")).toBe(true);
      length += text.length;
      expect(continues ?? false).toBe(length < line.length * 30_000);
    }
    expect(length).toBe(line.length * 30_000);
  });
  test("only what is asked for is read: the beginning of 16 GiB, which no string could hold", async () => {
    const path = put("huge.txt", "begin");
    truncateSync(path, 2 ** 34); // a sparse file: zeros that take no room on the disk
    const parts: number[] = [];
    for await (const { text } of readDocuments(path, { maxLength: 100_000 })) {
      parts.push(text.length);
      if (parts.length === 3) break;
    }
    rmSync(path);
    expect(parts).toEqual([100_000, 100_000, 100_000]);
  });
});

describe("folders", () => {
  test("sorted by path, without hidden files, node_modules, links and other endings", async () => {
    const folder = join(root, "tree");
    for (const path of [
      "b.txt",
      "a/z.md",
      "a/b/c.ts",
      "a-b.txt",
      "d.jsonl.gz",
      "image.png",
      ".hidden.txt",
      ".git/x.txt",
      "node_modules/m/y.md",
      "a/node_modules/z.ts",
    ]) {
      put(`tree/${path}`, path.endsWith(".gz") ? gzipSync('{"text":"d"}') : path);
    }
    put("secret.txt", "outside");
    symlinkSync(join(root, "secret.txt"), join(folder, "link.txt"));
    symlinkSync(root, join(folder, "up"));
    symlinkSync(folder, join(folder, "circle"));
    const documents = await read(folder);
    expect(documents.map(({ id }) => id)).toEqual([
      "tree/a-b.txt",
      "tree/a/b/c.ts",
      "tree/a/z.md",
      "tree/b.txt",
      "tree/d.jsonl.gz:1",
    ]);
    expect((await read(folder, { extensions: [".md"] })).map(({ id }) => id)).toEqual(["tree/a/z.md"]);
    // Asked for by name, a hidden folder or one in node_modules is read.
    expect((await read(join(folder, "node_modules", "m"))).map(({ text }) => text)).toEqual(["node_modules/m/y.md"]);
  });
  test("ids do not depend on where the folder lies", async () => {
    put("here/docs/x.md", "x");
    put("there/docs/x.md", "x");
    expect(await read(join(root, "here", "docs"))).toEqual(await read(`${join(root, "there", "docs")}/`));
  });
});

describe("addresses", () => {
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const answers: Record<string, [number, string, string | Buffer]> = {
        "/x.txt": [200, "text/plain", "hello"],
        "/x.jsonl.gz": [200, "application/gzip", gzipSync('{"text":"packed"}')],
        "/page.txt": [200, "text/html; charset=utf-8", "<html>"],
        "/moved": [302, "text/plain", ""],
      };
      const [status, type, body] = answers[new URL(request.url ?? "/", "http://x").pathname] ?? [
        404,
        "text/plain",
        "no",
      ];
      response.writeHead(status, { "content-type": type, ...(status === 302 && { location: "/x.txt" }) });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  test("text and packed JSON lines, also with a query and after a redirect", async () => {
    expect(await read(`${base}/x.txt`)).toEqual([{ id: `${base}/x.txt`, text: "hello" }]);
    expect((await read(`${base}/x.jsonl.gz?download=true`)).map(({ text }) => text)).toEqual(["packed"]);
    expect((await read(`${base}/moved`)).map(({ text }) => text)).toEqual(["hello"]);
  });
  test("errors", async () => {
    expect(await failure(`${base}/none.txt`)).toBe(`${base}/none.txt: the server answers 404 Not Found`);
    expect(await failure(`${base}/page.txt`)).toBe(
      `${base}/page.txt: is a web page, not a text; give the address of the file itself`,
    );
    // Nothing listens on the port of a server that has been closed.
    const closed = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => closed.once("listening", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await failure(`http://127.0.0.1:${port}/x`)).toContain("cannot be fetched: connect ECONNREFUSED");
  });
});

describe("errors say what is wrong", () => {
  test("nothing there", async () => {
    expect(await failure(join(root, "nowhere"))).toBe(`${join(root, "nowhere")}: does not exist`);
    mkdirSync(join(root, "empty"));
    put("pictures/x.png", "");
    for (const name of ["empty", "pictures"]) {
      expect(await failure(join(root, name))).toBe(
        `${join(root, name)}: has no files that end in .txt .md .jsonl .ts (or these with .gz)`,
      );
    }
  });
  test("no text", async () => {
    const blank = put("blank.txt", " \n\ufeff");
    expect(await failure(blank)).toBe(`there is no text in ${blank}`);
    expect(await failure(put("empty.txt", ""))).toContain("there is no text in");
    expect(await failure([])).toBe("there is no text in an empty list of paths");
  });
  test("damaged files", async () => {
    const bytes = new Uint8Array(2_000_000).fill(97);
    bytes[1_500_000] = 0xc0;
    expect(await failure(put("bad.txt", bytes))).toBe(
      `${join(root, "bad.txt")}: is not valid UTF-8: byte 0xc0 at position 1500000`,
    );
    const cut = put("cut.txt.gz", gzipSync("x".repeat(1000)));
    truncateSync(cut, 15);
    expect(await failure(cut)).toBe(`${cut}: is no gzip file, or is cut off: unexpected end of file`);
    expect(await failure(put("no.gz", "plain"))).toContain(
      "no.gz: is no gzip file, or is cut off: incorrect header check",
    );
    expect(await failure(put("bad.jsonl", '{"text":"a"}\n{'))).toContain("bad.jsonl, line 2: is not valid JSON");
  });
  test("arguments", async () => {
    await expect(read(root, { maxLength: 0 })).rejects.toThrow("maxLength must be a whole number ≥ 1, got 0");
  });
});
