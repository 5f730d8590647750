// Gray PNG files with all their bits: a canvas keeps 8 bits of each, and depth has 16.

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const NOT_A_MAP = "The file is no gray PNG of 8 or 16 bits.";

const CRC = new Uint32Array(256).map((_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = CRC[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

async function through(bytes, transform) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(transform)).arrayBuffer());
}

function chunk(type, content) {
  const bytes = new Uint8Array(12 + content.length), view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set([...type].map((c) => c.charCodeAt(0)), 4);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

function* chunks(bytes) {
  if (SIGNATURE.some((byte, n) => bytes[n] !== byte)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) return;
    yield { type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), content: bytes.subarray(at + 8, at + 8 + length) };
    at += 12 + length;
  }
}

/**
 * Writes a gray picture.
 * @param {number} width
 * @param {number} height
 * @param {Uint16Array} levels 0 to 65535, row by row
 * @param {8|16} bits
 * @returns {Promise<Blob>}
 */
export async function encodeGray(width, height, levels, bits) {
  const size = bits / 8, stride = width * size, raw = new Uint8Array((stride + 1) * height);
  let previous = new Uint8Array(stride), row = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = levels[y * width + x];
      if (size === 1) row[x] = Math.round(level / 257);
      else {
        row[2 * x] = level >>> 8;
        row[2 * x + 1] = level & 255;
      }
    }
    // Each row is told as its difference from the one above: depth changes little downwards.
    const at = y * (stride + 1);
    raw[at] = 2;
    for (let n = 0; n < stride; n++) raw[at + 1 + n] = row[n] - previous[n];
    [previous, row] = [row, previous];
  }
  const head = new Uint8Array(13), view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head[8] = bits;
  return new Blob([new Uint8Array(SIGNATURE), chunk("IHDR", head), chunk("IDAT", await through(raw, new CompressionStream("deflate"))), chunk("IEND", new Uint8Array(0))], { type: "image/png" });
}

/**
 * Reads a gray picture of 8 or 16 bits, as the server writes depth maps.
 * @param {ArrayBuffer} buffer
 * @returns {Promise<{width: number, height: number, levels: Uint16Array}>} levels from 0 to 65535
 */
export async function decodeGray(buffer) {
  let head = null;
  const parts = [];
  for (const { type, content } of chunks(new Uint8Array(buffer))) {
    if (type === "IHDR") head = content;
    else if (type === "IDAT") parts.push(content);
  }
  if (!head || parts.length === 0) throw new Error(NOT_A_MAP);
  const view = new DataView(head.buffer, head.byteOffset), width = view.getUint32(0), height = view.getUint32(4), bits = head[8];
  if ((bits !== 8 && bits !== 16) || head[9] !== 0 || head[12] !== 0) throw new Error(NOT_A_MAP);
  const raw = new Uint8Array(await new Response(new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
  const size = bits / 8, stride = width * size;
  if (raw.length < (stride + 1) * height) throw new Error(NOT_A_MAP);
  const levels = new Uint16Array(width * height);
  let previous = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1), row = raw.subarray(start + 1, start + 1 + stride);
    unfilter(raw[start], row, previous, size);
    for (let x = 0; x < width; x++) levels[y * width + x] = size === 1 ? row[x] * 257 : row[2 * x] << 8 | row[2 * x + 1];
    previous = row;
  }
  return { width, height, levels };
}

function unfilter(filter, row, above, size) {
  for (let n = 0; n < row.length; n++) {
    const left = n >= size ? row[n - size] : 0, up = above[n], corner = n >= size ? above[n - size] : 0;
    if (filter === 1) row[n] += left;
    else if (filter === 2) row[n] += up;
    else if (filter === 3) row[n] += (left + up) >> 1;
    else if (filter === 4) {
      const guess = left + up - corner, toLeft = Math.abs(guess - left), toUp = Math.abs(guess - up), toCorner = Math.abs(guess - corner);
      row[n] += toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }
  }
}

/** Whether a PNG has settings of this program, or of others of the field, written into it. */
export function hasSettings(buffer) {
  for (const { type, content } of chunks(new Uint8Array(buffer))) {
    if (type !== "tEXt" && type !== "iTXt" && type !== "zTXt") continue;
    const end = content.indexOf(0);
    const name = String.fromCharCode(...content.subarray(0, Math.max(0, Math.min(end, 79))));
    if (name === "depth2img" || name === "parameters") return true;
  }
  return false;
}
