// Draws a .ply of `depth2img depth` from another place, as a PNG: what scripts/docs-depth.sh shows of meshes' points.
// usage: node scripts/render-points.mjs IN.ply OUT.png [DEGREES] [SIDE]
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const [input, output, degrees = '18', side = '480'] = process.argv.slice(2);
const file = readFileSync(input), end = 'end_header\n', pointBytes = 15;
const start = file.indexOf(end) + end.length, count = (file.length - start) / pointBytes;
const size = Number(side), angle = Number(degrees) * Math.PI / 180;

// The middle of all distances is turned about, and looked at from where the camera stood.
let near = Infinity, far = 0;
for (let i = 0; i < count; i++) {
  const z = -file.readFloatLE(start + pointBytes * i + 8);
  near = Math.min(near, z);
  far = Math.max(far, z);
}
const pivot = Math.sqrt(near * far), focal = size * 0.8;
const pixels = Buffer.alloc(3 * size * size, 255), depths = new Float32Array(size * size).fill(Infinity);
for (let i = 0; i < count; i++) {
  const at = start + pointBytes * i;
  const x = file.readFloatLE(at), y = file.readFloatLE(at + 4), z = -file.readFloatLE(at + 8) - pivot;
  const turnedX = Math.cos(angle) * x + Math.sin(angle) * z, turnedZ = Math.cos(angle) * z - Math.sin(angle) * x + pivot * 1.15;
  const column = Math.floor(size / 2 + focal * turnedX / turnedZ), row = Math.floor(size / 2 - focal * y / turnedZ);
  for (let k = 0; k < 4; k++) {
    const u = column + (k & 1), v = row + (k >> 1), pixel = v * size + u;
    if (u < 0 || u >= size || v < 0 || v >= size || turnedZ <= 0 || turnedZ >= depths[pixel]) continue;
    depths[pixel] = turnedZ;
    file.copy(pixels, 3 * pixel, at + 12, at + 15);
  }
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]), head = Buffer.alloc(4), tail = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}
const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
header.set([8, 2, 0, 0, 0], 8);
const rows = Buffer.concat(Array.from({ length: size }, (_, y) => Buffer.concat([Buffer.of(0), pixels.subarray(3 * size * y, 3 * size * (y + 1))])));
writeFileSync(output, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]));
