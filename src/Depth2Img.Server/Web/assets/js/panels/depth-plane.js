// A depth map as numbers from 0, its farthest value, to 1, its nearest: as the server cuts it into layers and ranges.

const MOST = 65535;

export class DepthPlane {
  /**
   * @param {number} width
   * @param {number} height
   * @param {Float32Array} values row by row, 0 to 1
   */
  constructor(width, height, values) {
    this.width = width;
    this.height = height;
    this.values = values;
  }

  /** The map of the page, with its corrections, stretched to its own range. */
  static of(map) {
    const levels = map.adjusted();
    let least = MOST, most = 0;
    for (const level of levels) {
      if (level < least) least = level;
      if (level > most) most = level;
    }
    const extent = Math.max(1, most - least);
    return new DepthPlane(map.width, map.height, Float32Array.from(levels, (level) => (level - least) / extent));
  }

  /** The map at another size: each value is the mean of what it covers, or lies between its neighbours. */
  resized(width, height) {
    if (width === this.width && height === this.height) return this;
    const across = resizeRows(this.values, this.width, this.height, width);
    const turned = transpose(across, width, this.height);
    const down = resizeRows(turned, this.height, width, height);
    return new DepthPlane(width, height, transpose(down, height, width));
  }

  /** The map with its longest side at most so long. */
  atMost(side) {
    const scale = Math.min(1, side / Math.max(this.width, this.height));
    return this.resized(Math.max(1, Math.round(this.width * scale)), Math.max(1, Math.round(this.height * scale)));
  }
}

function resizeRows(values, width, height, wanted) {
  if (wanted === width) return values;
  const result = new Float32Array(wanted * height), scale = width / wanted;
  for (let x = 0; x < wanted; x++) {
    const [places, weights] = scale > 1 ? covered(x * scale, (x + 1) * scale, width) : between((x + 0.5) * scale - 0.5, width);
    for (let y = 0; y < height; y++) {
      let sum = 0;
      for (let n = 0; n < places.length; n++) sum += weights[n] * values[y * width + places[n]];
      result[y * wanted + x] = sum;
    }
  }
  return result;
}

/** The samples that lie in a stretch, each by the part of it that does. */
function covered(from, to, count) {
  const places = [], weights = [];
  for (let n = Math.floor(from); n < Math.min(count, Math.ceil(to - 1e-9)); n++) {
    places.push(n);
    weights.push((Math.min(n + 1, to) - Math.max(n, from)) / (to - from));
  }
  return [places, weights];
}

/** The two samples around a place. */
function between(place, count) {
  const first = Math.min(count - 1, Math.max(0, Math.floor(place))), second = Math.min(count - 1, first + 1);
  const part = Math.min(1, Math.max(0, place - first));
  return [[first, second], [1 - part, part]];
}

function transpose(values, width, height) {
  const result = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) result[x * height + y] = values[y * width + x];
  }
  return result;
}
