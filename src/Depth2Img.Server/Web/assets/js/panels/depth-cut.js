// What a range of depth, or a cut into layers, marks of a picture.

/** Which layer a depth belongs to, 0 the nearest. A depth at a threshold belongs to the nearer one. */
export function layerOf(value, thresholds) {
  let layer = thresholds.length;
  for (const threshold of thresholds) {
    if (value >= threshold) layer--;
  }
  return layer;
}

/**
 * The layers of a map as tints, and the part of the picture that each has.
 * @param {import('./depth-plane.js').DepthPlane} depth The map.
 * @param {number[]} thresholds Ascending, between 0 and 1.
 * @param {number[][]} colors A colour each, the nearest layer's first: red, green, blue and alpha, 0 to 255.
 */
export function tintLayers(depth, thresholds, colors) {
  const image = new ImageData(depth.width, depth.height), pixels = pixelsOf(image), tints = colors.map(pixelOf);
  const counts = new Array(thresholds.length + 1).fill(0);
  depth.values.forEach((value, n) => {
    const layer = layerOf(value, thresholds);
    counts[layer]++;
    pixels[n] = tints[layer];
  });
  return { image, shares: counts.map((count) => count / pixels.length) };
}

/** What lies in a range of depth, as a picture that covers it in one colour, and the part of the picture that it has. */
export function tintRange(depth, from, to, color) {
  const image = new ImageData(depth.width, depth.height), pixels = pixelsOf(image), pixel = pixelOf(color);
  let count = 0;
  depth.values.forEach((value, n) => {
    if (value < from || value > to) return;
    pixels[n] = pixel;
    count++;
  });
  return { image, share: count / pixels.length };
}

/**
 * Sets one threshold and moves those that are in its way, so that all stay ascending and apart.
 * @param {number[]} thresholds Ascending.
 * @param {number} which Its place.
 * @param {number} value Its new value.
 * @param {number} apart The least distance, from the ends too.
 */
export function moveThreshold(thresholds, which, value, apart = 0.01) {
  const count = thresholds.length;
  const moved = [...thresholds];
  const clamp = (n, wanted) => Math.min(1 - (count - n) * apart, Math.max((n + 1) * apart, wanted));
  moved[which] = clamp(which, value);
  for (let n = which + 1; n < count; n++) moved[n] = clamp(n, Math.max(moved[n], moved[n - 1] + apart));
  for (let n = which - 1; n >= 0; n--) moved[n] = clamp(n, Math.min(moved[n], moved[n + 1] - apart));
  return moved.map((n) => Math.round(n * 1000) / 1000);
}

/** Thresholds at even distances: where the cut begins before the server has found a better one. */
export function evenThresholds(layers) {
  return Array.from({ length: layers - 1 }, (_, n) => Math.round(1000 * (n + 1) / layers) / 1000);
}

function pixelsOf(image) {
  return new Uint32Array(image.data.buffer);
}

/** A colour as a picture has it in memory. */
function pixelOf(color) {
  return new Uint32Array(Uint8ClampedArray.from(color).buffer)[0];
}
