// A depth map with 65536 levels, as it was given, as it was painted on, and as its corrections make it.

const LEVELS = 65536, MOST = 65535, MOST_STROKES = 40;

/** Colours by a few of their stations, from far to near; what lies between is mixed. */
const STATIONS = {
  gray: [[0, 0, 0], [255, 255, 255]],
  turbo: [[48, 18, 59], [70, 107, 227], [40, 187, 236], [49, 242, 153], [162, 252, 60], [237, 208, 58], [251, 128, 34], [210, 49, 5], [122, 4, 3]],
  viridis: [[68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37]],
  magma: [[0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122], [229, 80, 100], [251, 135, 97], [254, 194, 135], [252, 253, 191]],
};

/** What the ends of each are called. */
export const COLORS = {
  gray: { title: "Gray", legend: "White is near, black is far." },
  turbo: { title: "Turbo", legend: "Red is near, blue is far." },
  viridis: { title: "Viridis", legend: "Yellow is near, violet is far." },
  magma: { title: "Magma", legend: "Pale yellow is near, black is far." },
};

export const NO_ADJUSTMENT = Object.freeze({ invert: false, far: 0, near: 1, gamma: 1 });

export class DepthMap {
  #undo = [];
  #redo = [];
  #stroke = null;

  /**
   * @param {number} width
   * @param {number} height
   * @param {Uint16Array} levels 0 farthest, 65535 nearest
   */
  constructor(width, height, levels) {
    this.width = width;
    this.height = height;
    this.original = levels;
    this.levels = levels.slice();
    this.adjustment = { ...NO_ADJUSTMENT };
    this.#measure();
  }

  get isPainted() {
    return this.#undo.length > 0;
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  get canRedo() {
    return this.#redo.length > 0;
  }

  get isAdjusted() {
    const { invert, far, near, gamma } = this.adjustment;
    return invert || far !== 0 || near !== 1 || gamma !== 1;
  }

  /** What each level becomes by the corrections: turned round, cut to the range, bent, as the server does it. */
  table() {
    const { invert, far, near, gamma } = this.adjustment, table = new Uint16Array(LEVELS), extent = Math.max(1, this.highest - this.lowest);
    for (let level = 0; level < LEVELS; level++) {
      let part = Math.min(1, Math.max(0, (level - this.lowest) / extent));
      if (invert) part = 1 - part;
      part = Math.min(1, Math.max(0, (part - far) / (near - far)));
      table[level] = Math.round(MOST * (gamma === 1 ? part : part ** gamma));
    }
    return table;
  }

  /** The corrected map. */
  adjusted() {
    const table = this.table();
    return this.levels.map((level) => table[level]);
  }

  /** How many points have each of `bins` depths, before the range is cut: what a range is chosen by. */
  histogram(bins) {
    const counts = new Uint32Array(bins), extent = Math.max(1, this.highest - this.lowest), { invert } = this.adjustment;
    for (const level of this.levels) {
      const part = (level - this.lowest) / extent;
      counts[Math.min(bins - 1, Math.floor((invert ? 1 - part : part) * bins))]++;
    }
    return counts;
  }

  /**
   * Draws the corrected map on a canvas of its size.
   * @param {CanvasRenderingContext2D} context
   * @param {string} colors
   * @param {{x: number, y: number, width: number, height: number}} [part] what of it; all by default
   */
  draw(context, colors = "gray", part = { x: 0, y: 0, width: this.width, height: this.height }) {
    if (part.width <= 0 || part.height <= 0) return;
    const palette = paletteOf(colors), table = this.table(), shades = new Uint32Array(LEVELS);
    for (let level = 0; level < LEVELS; level++) shades[level] = palette[table[level] >>> 6];
    const image = context.createImageData(part.width, part.height), pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < part.height; y++) {
      const from = (part.y + y) * this.width + part.x;
      for (let x = 0; x < part.width; x++) pixels[y * part.width + x] = shades[this.levels[from + x]];
    }
    context.putImageData(image, part.x, part.y);
  }

  /** Begins what one undo takes back. */
  beginStroke() {
    this.#stroke = { before: this.levels.slice(), left: this.width, top: this.height, right: 0, bottom: 0 };
  }

  /**
   * Brings a round place nearer, or farther, most in its middle.
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {number} amount of the whole shown depth, below 0 for farther
   * @returns {{x: number, y: number, width: number, height: number}} what changed
   */
  dab(x, y, radius, amount) {
    const { invert, far, near } = this.adjustment;
    const change = amount * (near - far) * Math.max(1, this.highest - this.lowest) * (invert ? -1 : 1);
    const left = Math.max(0, Math.floor(x - radius)), right = Math.min(this.width, Math.ceil(x + radius) + 1);
    const top = Math.max(0, Math.floor(y - radius)), bottom = Math.min(this.height, Math.ceil(y + radius) + 1);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const distance = Math.hypot(column - x, row - y) / radius;
        if (distance >= 1) continue;
        const weight = (1 - distance * distance) ** 2, at = row * this.width + column;
        this.levels[at] = Math.min(this.highest, Math.max(this.lowest, Math.round(this.levels[at] + change * weight)));
      }
    }
    if (this.#stroke) {
      this.#stroke.left = Math.min(this.#stroke.left, left);
      this.#stroke.top = Math.min(this.#stroke.top, top);
      this.#stroke.right = Math.max(this.#stroke.right, right);
      this.#stroke.bottom = Math.max(this.#stroke.bottom, bottom);
    }
    return { x: left, y: top, width: right - left, height: bottom - top };
  }

  /** Ends what one undo takes back. */
  endStroke() {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (!stroke || stroke.right <= stroke.left || stroke.bottom <= stroke.top) return;
    this.#undo.push(this.#cut(stroke.before, stroke));
    if (this.#undo.length > MOST_STROKES) this.#undo.shift();
    this.#redo = [];
  }

  undo() {
    this.#swap(this.#undo, this.#redo);
  }

  redo() {
    this.#swap(this.#redo, this.#undo);
  }

  /** Takes back everything: strokes and corrections. */
  reset() {
    this.levels = this.original.slice();
    this.adjustment = { ...NO_ADJUSTMENT };
    this.#undo = [];
    this.#redo = [];
    this.#measure();
  }

  #measure() {
    this.lowest = MOST;
    this.highest = 0;
    for (const level of this.levels) {
      if (level < this.lowest) this.lowest = level;
      if (level > this.highest) this.highest = level;
    }
  }

  #cut(levels, { left, top, right, bottom }) {
    const width = right - left, part = new Uint16Array(width * (bottom - top));
    for (let y = top; y < bottom; y++) part.set(levels.subarray(y * this.width + left, y * this.width + right), (y - top) * width);
    return { left, top, right, bottom, part };
  }

  #swap(from, to) {
    const stroke = from.pop();
    if (!stroke) return;
    to.push(this.#cut(this.levels, stroke));
    const width = stroke.right - stroke.left;
    for (let y = stroke.top; y < stroke.bottom; y++) this.levels.set(stroke.part.subarray((y - stroke.top) * width, (y - stroke.top + 1) * width), y * this.width + stroke.left);
  }
}

const palettes = new Map();

/** 1024 colours as a canvas has them in memory. */
function paletteOf(name) {
  if (!palettes.has(name)) {
    const stations = STATIONS[name] ?? STATIONS.gray, bytes = new Uint8ClampedArray(4096);
    for (let n = 0; n < 1024; n++) {
      const place = n / 1023 * (stations.length - 1), low = Math.min(stations.length - 2, Math.floor(place)), part = place - low;
      for (let c = 0; c < 3; c++) bytes[4 * n + c] = stations[low][c] * (1 - part) + stations[low + 1][c] * part;
      bytes[4 * n + 3] = 255;
    }
    palettes.set(name, new Uint32Array(bytes.buffer));
  }
  return palettes.get(name);
}
