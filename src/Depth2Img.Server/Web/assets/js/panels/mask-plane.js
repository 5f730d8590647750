// A mask that is painted. What is marked is repainted, the rest of the picture stays as it is.

/** The longest side of a mask. The server scales it to the picture; a finer one would only make painting slow. */
const LONGEST_SIDE = 1536;

/** The bytes that steps back may take. */
const MOST_HISTORY = 64 << 20;

export class MaskPlane {
  #before; #context; #stroke = null; #undo = []; #redo = [];

  /**
   * @param {number} width The picture's.
   * @param {number} height The picture's.
   * @param {string} color The colour that marks are shown in, for CSS.
   */
  constructor(width, height, color) {
    // The shorter side is rounded up, so that the mask counts as the picture's aspect however narrow that is.
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    this.width = width >= height ? Math.round(width * scale) : Math.ceil(width * scale - 1e-9);
    this.height = height > width ? Math.round(height * scale) : Math.ceil(height * scale - 1e-9);
    this.scale = this.width / width;
    this.color = color;
    /** How much of each pixel is marked is its alpha, so that this very canvas can lie over the picture. */
    this.canvas = canvasOf(this.width, this.height);
    this.#context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.#before = canvasOf(this.width, this.height).getContext("2d", { willReadFrequently: true });
  }

  get canUndo() { return this.#undo.length > 0; }
  get canRedo() { return this.#redo.length > 0; }

  /** The part of the picture that is marked, 0 to 1. */
  get share() {
    const pixels = this.#pixels().data;
    let sum = 0;
    for (let n = 3; n < pixels.length; n += 4) sum += pixels[n];
    return sum / 255 / (pixels.length / 4);
  }

  /** Begins a stroke; all of it is one step back. */
  begin(erase) {
    this.#before.globalCompositeOperation = "copy";
    this.#before.drawImage(this.canvas, 0, 0);
    this.#stroke = { erase, left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  }

  /** Draws from one place to another, in the picture's pixels. */
  line(fromX, fromY, toX, toY, size) {
    const stroke = this.#stroke, s = this.scale, radius = Math.max(0.5, size * s / 2);
    const [x0, y0, x1, y1] = [fromX * s, fromY * s, toX * s, toY * s];
    const context = this.#context;
    context.save();
    context.globalCompositeOperation = stroke.erase ? "destination-out" : "source-over";
    context.strokeStyle = context.fillStyle = this.color;
    context.lineCap = "round";
    context.lineWidth = 2 * radius;
    context.beginPath();
    if (x0 === x1 && y0 === y1) {
      context.arc(x0, y0, radius, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
    }
    context.restore();
    stroke.left = Math.min(stroke.left, x0 - radius, x1 - radius);
    stroke.top = Math.min(stroke.top, y0 - radius, y1 - radius);
    stroke.right = Math.max(stroke.right, x0 + radius, x1 + radius);
    stroke.bottom = Math.max(stroke.bottom, y0 + radius, y1 + radius);
  }

  /** Ends a stroke. */
  end() {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (!stroke) return;
    const left = Math.max(0, Math.floor(stroke.left) - 1), top = Math.max(0, Math.floor(stroke.top) - 1);
    const right = Math.min(this.width, Math.ceil(stroke.right) + 1), bottom = Math.min(this.height, Math.ceil(stroke.bottom) + 1);
    if (right > left && bottom > top) this.#remember(left, top, right - left, bottom - top);
  }

  /** Marks what was not marked, and the other way round. */
  invert() {
    this.#whole((context) => {
      context.globalCompositeOperation = "source-out";
      context.fillStyle = this.color;
      context.fillRect(0, 0, this.width, this.height);
    });
  }

  /** Takes all marks away. */
  clear() {
    this.#whole((context) => context.clearRect(0, 0, this.width, this.height));
  }

  /**
   * Marks what another picture's alpha covers.
   * @param {CanvasImageSource} cover The picture, scaled to the mask.
   * @param {'replace'|'add'|'remove'} how What becomes of the marks that are there.
   */
  cover(cover, how) {
    const colored = canvasOf(this.width, this.height).getContext("2d");
    colored.drawImage(cover, 0, 0, this.width, this.height);
    colored.globalCompositeOperation = "source-in";
    colored.fillStyle = this.color;
    colored.fillRect(0, 0, this.width, this.height);
    this.#whole((context) => {
      context.globalCompositeOperation = how === "replace" ? "copy" : how === "add" ? "source-over" : "destination-out";
      context.drawImage(colored.canvas, 0, 0);
    });
  }

  /**
   * Takes a mask from a file: white is marked, black and what is transparent are not.
   * @param {CanvasImageSource} picture The file's picture.
   */
  load(picture) {
    const scratch = canvasOf(this.width, this.height).getContext("2d", { willReadFrequently: true });
    scratch.drawImage(picture, 0, 0, this.width, this.height);
    const image = scratch.getImageData(0, 0, this.width, this.height);
    const pixels = image.data;
    for (let n = 0; n < pixels.length; n += 4) {
      pixels[n + 3] = Math.round((0.299 * pixels[n] + 0.587 * pixels[n + 1] + 0.114 * pixels[n + 2]) * pixels[n + 3] / 255);
    }
    scratch.putImageData(image, 0, 0);
    this.cover(scratch.canvas, "replace");
  }

  undo() { this.#step(this.#undo, this.#redo, "before"); }

  redo() { this.#step(this.#redo, this.#undo, "after"); }

  /** The mask as a file: white is repainted, black is kept. */
  toPng() {
    const image = this.#pixels(), pixels = image.data;
    for (let n = 0; n < pixels.length; n += 4) {
      pixels[n] = pixels[n + 1] = pixels[n + 2] = pixels[n + 3];
      pixels[n + 3] = 255;
    }
    const canvas = canvasOf(this.width, this.height);
    canvas.getContext("2d").putImageData(image, 0, 0);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  #pixels() { return this.#context.getImageData(0, 0, this.width, this.height); }

  #whole(change) {
    this.begin(false);
    this.#stroke = null;
    this.#context.save();
    change(this.#context);
    this.#context.restore();
    this.#remember(0, 0, this.width, this.height);
  }

  #remember(left, top, width, height) {
    this.#undo.push({ left, top, before: this.#before.getImageData(left, top, width, height), after: this.#context.getImageData(left, top, width, height) });
    this.#redo.length = 0;
    let bytes = this.#undo.reduce((sum, step) => sum + 2 * step.before.data.length, 0);
    while (bytes > MOST_HISTORY && this.#undo.length > 1) bytes -= 2 * this.#undo.shift().before.data.length;
  }

  #step(from, to, which) {
    const step = from.pop();
    if (!step) return;
    this.#context.putImageData(step[which], step.left, step.top);
    to.push(step);
  }
}

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
