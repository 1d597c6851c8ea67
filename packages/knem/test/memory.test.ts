// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { allocate, views } from "../src/memory.js";

describe("allocate", () => {
  it("gives zeros in a SharedArrayBuffer of their own", () => {
    const memory = allocate(100n);
    expect(memory).toBeInstanceOf(Buffer);
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([memory.byteOffset, memory.buffer.byteLength]).toEqual([0, 100]);
    expect(memory.every((byte) => byte === 0)).toBe(true);
    expect(allocate(0)).toHaveLength(0);
  });

  it("tells what it can't do", () => {
    expect(() => allocate(2 ** 53 - 1)).toThrow(
      expect.objectContaining({ code: "KNEM_NO_MEMORY" }),
    );
    for (const wrong of [-1, 0.5, 2 ** 60])
      expect(() => allocate(wrong)).toThrow(expect.objectContaining({ code: "KNEM_BAD_ARGUMENT" }));
  });
});

describe("views", () => {
  it("takes views, buffers and arrays of them, and means the same bytes", () => {
    const shared = new SharedArrayBuffer(16);
    const [bytes] = views(new DataView(shared, 4, 8));
    expect(bytes).toMatchObject({ buffer: shared, byteOffset: 4, byteLength: 8 });
    const pieces = views([shared, new Uint16Array(3), new ArrayBuffer(5), Buffer.alloc(2)]);
    expect(pieces.map(({ byteLength }) => byteLength)).toEqual([16, 6, 5, 2]);
    expect(views([])).toEqual([]);
    const buffer = Buffer.alloc(3);
    expect(views(buffer)[0]).toBe(buffer);
  });

  it("refuses everything else", () => {
    for (const wrong of ["text", 5, null, undefined, {}, ["text"]])
      expect(() => Reflect.apply(views, undefined, [wrong])).toThrow(
        expect.objectContaining({ code: "KNEM_BAD_ARGUMENT" }),
      );
    const floats = new Float64Array(1);
    structuredClone(floats.buffer, { transfer: [floats.buffer] });
    for (const gone of [floats, floats.buffer])
      expect(() => views(gone)).toThrow(expect.objectContaining({ code: "KNEM_DETACHED_MEMORY" }));
  });
});
