// Turns whatever the browser can show into an upright sRGB picture within the server's limits.

/** More is of no use: models work at a megapixel at most, and results are as large as their pictures. */
const LONGEST = 2048;

/** A picture that cannot be taken; the message says what to do. */
export class PictureError extends Error {}

/**
 * Decodes a file.
 * @param {Blob} file
 * @param {{pixels: number, side: number}} limits
 * @returns {Promise<{canvas: HTMLCanvasElement, notice: string|null}>}
 * @throws {PictureError}
 */
export async function decodePicture(file, limits) {
  const source = await open(file);
  const width = source.width || source.naturalWidth, height = source.height || source.naturalHeight;
  if (!width || !height) throw new PictureError("This picture has no size of its own. Save it as PNG or JPEG and take that.");
  const scale = Math.min(1, Math.min(LONGEST, limits.side ?? LONGEST) / Math.max(width, height), Math.sqrt((limits.pixels ?? Infinity) / (width * height)));
  const canvas = draw(source, Math.max(1, Math.floor(width * scale + 1e-6)), Math.max(1, Math.floor(height * scale + 1e-6)));
  source.close?.();
  const notice = scale < 1 ? `Your picture has ${width} × ${height} points and was scaled down to ${canvas.width} × ${canvas.height}.` : null;
  return { canvas, notice };
}

/** A smaller copy of a canvas. */
export function shrink(canvas, scale) {
  return draw(canvas, Math.max(1, Math.round(canvas.width * scale)), Math.max(1, Math.round(canvas.height * scale)));
}

/** A canvas as a PNG file. */
export function toPng(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new PictureError("The browser could not write the picture as PNG; it may be too large for it."))), "image/png");
  });
}

async function open(file) {
  try {
    // Turned upright as the camera says.
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    // Some formats, such as SVG, are shown by <img> only.
  }
  const url = URL.createObjectURL(file), image = new Image();
  try {
    image.src = url;
    await image.decode();
    return image;
  } catch {
    throw new PictureError(explain(file));
  } finally {
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

function explain(file) {
  const name = file.name ? `“${file.name}”` : "This file";
  if (/hei[cf]$/i.test(file.type) || /\.hei[cf]$/i.test(file.name ?? "")) return `${name} is a HEIC photo, which your browser cannot show. Share or export it as JPEG (iPhone: Settings, Camera, Formats, “Most Compatible”), or use Safari.`;
  if (file.type && !file.type.startsWith("image/")) return `${name} is no picture (${file.type}). Take a JPEG, PNG, WebP or AVIF.`;
  return `${name} is no picture that your browser can show, or it is damaged. Take a JPEG, PNG, WebP or AVIF.`;
}

function draw(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { colorSpace: "srgb" });
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}
