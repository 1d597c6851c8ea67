// SPDX-License-Identifier: BSD-3-Clause
import { types } from "node:util";
import { KnemError } from "@knem/errors";
import { type Unsigned, unsigned } from "./number.js";

/** A piece of memory: a Buffer, any other view, or a whole buffer. */
export type Piece = ArrayBufferView | SharedArrayBuffer | ArrayBuffer;

/**
 * One piece of memory, or several in turn.
 *
 * What ends with the call, `readSync`, `writeSync` and `copySync`, takes any memory. What outlives it,
 * a region or a promise, takes memory in SharedArrayBuffers, which {@link allocate} gives: JavaScript
 * can neither free nor move that while it is in use. Any other buffer can be transferred away and
 * freed, and other processes would then see, or overwrite, what is put in its place.
 */
export type Memory = Piece | readonly Piece[];

/**
 * Memory for regions and promises: zero-filled, alone in a SharedArrayBuffer of its own, whose worker
 * threads may share it.
 *
 * @param bytes its length; Node sets a limit, `buffer.constants.MAX_LENGTH`
 * @throws KnemError `KNEM_NO_MEMORY`, `KNEM_BAD_ARGUMENT`
 */
export function allocate(bytes: Unsigned): Buffer<SharedArrayBuffer> {
  const length = Number(unsigned(bytes, "length"));
  try {
    return Buffer.from(new SharedArrayBuffer(length));
  } catch (cause) {
    throw new KnemError(
      {
        code: "KNEM_NO_MEMORY",
        what: `cannot allocate ${length} bytes`,
        why: cause instanceof Error ? cause.message : String(cause),
        remedy: "allocate less at a time",
      },
      { cause },
    );
  }
}

/** The memory as the native part takes it. */
export function views(memory: Memory): Uint8Array[] {
  return Array.isArray(memory) ? memory.map(bytesOf) : [bytesOf(memory)];
}

function bytesOf(piece: unknown): Uint8Array {
  // The native part looks whether it is detached; a view of what is detached can't be made.
  if (types.isUint8Array(piece)) return piece;
  const view = ArrayBuffer.isView(piece);
  if (!view && !types.isAnyArrayBuffer(piece)) throw noMemory();
  try {
    return view
      ? new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)
      : new Uint8Array(piece);
  } catch (cause) {
    throw detached(cause);
  }
}

function noMemory(): KnemError {
  return new KnemError({
    code: "KNEM_BAD_ARGUMENT",
    what: "cannot use this as memory",
    why: "it is neither a view nor a buffer",
    remedy: "pass a Buffer, a typed array, a SharedArrayBuffer, or an array of them",
  });
}

function detached(cause: unknown): KnemError {
  return new KnemError(
    {
      code: "KNEM_DETACHED_MEMORY",
      what: "cannot use this memory",
      why: cause instanceof Error ? cause.message : String(cause),
      remedy: "use the memory where it was transferred to, or do not transfer it",
    },
    { cause },
  );
}
