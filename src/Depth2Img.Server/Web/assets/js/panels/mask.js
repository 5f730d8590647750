// The mask: what is marked is made anew, and the rest of the picture stays as it is.

import { FieldError } from "../app.js";
import { clear, download, el, notice, say } from "../dom.js";
import { button, choice, fileField, fold, percent, showPicture, showUse, slider, tick } from "./controls.js";
import { tintRange } from "./depth-cut.js";
import { depthOf } from "./depth-source.js";
import { MaskPlane } from "./mask-plane.js";

const MARKS = "#e5007a", RANGE_TINT = [0, 200, 255, 170], ALL = [255, 255, 255, 255];
const BRUSH_STEP = 1.25, SHOWN_SIDE = 1024, RANGE_SIDE = 1024;

/**
 * @param {HTMLElement} element where it goes
 * @param {import("../app.js").App} app
 */
export function mountMask(element, app) {
  const panel = new MaskPanel(app);
  element.append(panel.element);
  panel.begin();
  app.addRequestPart((fields, files) => panel.addTo(fields, files));
  app.addRestorer((request, job) => panel.restore(request, job));
  return panel;
}

class MaskPanel {
  #app; #depth; #plane = null; #picture = null;
  #erases = false; #brush = 40; #shape = null;
  /** Where the brush is, in the picture's pixels, and whether it draws. */
  #at = null; #isDown = false;

  constructor(app) {
    this.#app = app;
    this.#depth = depthOf(app);
    this.#build();
    this.#listen();
  }

  /** Takes what the page has, and then what comes. */
  begin() {
    this.#takePicture();
    this.#app.on("picture", () => this.#takePicture());
    this.#app.on("use", (what) => {
      if (what !== "mask" && this.switchOff()) say("The mask is off: a picture is made with a mask or with layers, not both.");
    });
    this.#depth.onChange(() => this.#showRange());
  }

  /** Puts the mask into a request. */
  async addTo(fields, files) {
    if (!this.use.input.checked || !this.#plane) return;
    if (this.#plane.share === 0) throw new FieldError("mask", "Nothing is marked. Paint over what is to be made anew, or take the mask off.");
    const depthInside = this.depthInside.select.value;
    if (depthInside === "shape" && !this.#shape) throw new FieldError("shape", "The depth map for the inside of the mark is missing. Choose its file, or keep the depth that is there.");
    fields.inpaint = {
      feather: this.feather.value,
      fill: this.fill.select.value,
      onlyMasked: this.onlyMasked.input.checked,
      padding: this.padding.value,
      depthInside,
    };
    files.mask = await this.#plane.toPng();
    if (depthInside === "shape") files.shape = this.#shape;
  }

  /** Takes a job's mask and options back. */
  async restore(request, job) {
    const inpaint = request.inpaint;
    if (!inpaint || !this.#plane) {
      this.switchOff();
      return;
    }
    if (inpaint.feather !== undefined) this.feather.value = inpaint.feather;
    if (inpaint.fill) this.fill.select.value = inpaint.fill;
    this.onlyMasked.input.checked = inpaint.onlyMasked === true;
    if (inpaint.padding !== undefined) this.padding.value = inpaint.padding;
    // The file of another shape is not kept on the page; without it the depth that is there is the nearest to it.
    this.depthInside.select.value = inpaint.depthInside === "fill" ? "fill" : "keep";
    this.#showOptions();
    const file = job?.links?.inputs?.mask;
    try {
      if (file) {
        const bitmap = await createImageBitmap(await this.#app.api.blob(file));
        this.#plane.load(bitmap);
        bitmap.close();
        if (inpaint.invert) this.#plane.invert();
        this.#marksChanged();
      } else if (inpaint.near && this.#depth.plane) {
        this.from.value = inpaint.near.from;
        this.to.value = inpaint.near.to;
        this.#coverRange("replace");
        if (inpaint.invert) this.#edit((plane) => plane.invert());
      } else this.#complain("The mask is not written into the picture; paint it again.");
    } catch {
      this.#complain("The mask of that picture is no longer kept; paint it again.");
    }
  }

  /**
   * Takes the mask out of the next picture; its marks stay.
   * @returns whether it took part
   */
  switchOff() {
    if (!this.use.input.checked) return false;
    this.use.input.checked = false;
    this.#changed();
    return true;
  }

  #build() {
    this.canvas = el("canvas", { class: "work-picture", "aria-hidden": "true" });
    this.marks = el("div", { class: "work-marks", "aria-hidden": "true" });
    this.range = el("canvas", { class: "work-over", "aria-hidden": "true", hidden: true });
    this.cursor = el("div", { class: "work-cursor", "aria-hidden": "true", hidden: true });
    this.stage = el("div", { class: "work-stage work-paint", tabindex: "0", role: "application", "aria-label": "Paint the mask on the picture", "aria-describedby": "mask-help" }, this.canvas, this.marks, this.range, this.cursor);
    const help = el("p", { class: "hint", id: "mask-help", text: "Paint over what is to be made anew. By keyboard: the arrows move the brush, the space bar sets it down and lifts it, [ and ] change its size." });
    this.state = el("p", { class: "work-state", role: "status" });
    this.notices = el("div", { class: "notices" });

    this.use = tick("Make only the marked part anew", false, (on) => {
      this.#changed();
      if (on) this.#app.emit("use", "mask");
    });
    this.brushButton = button("Brush", () => this.#take(false), { "aria-pressed": "true" });
    this.eraserButton = button("Eraser", () => this.#take(true), { "aria-pressed": "false" });
    this.size = slider("Brush size", { min: 2, max: 400, step: 1, value: this.#brush, unit: " px" }, (value) => this.#setBrush(value));
    this.undoButton = button("Undo", () => this.#edit((plane) => plane.undo()));
    this.redoButton = button("Redo", () => this.#edit((plane) => plane.redo()));
    this.invertButton = button("Invert", () => this.#edit((plane) => plane.invert()));
    this.clearButton = button("Clear", () => this.#edit((plane) => plane.clear()), { class: "quiet" });

    this.from = slider("Far end", { min: 0, max: 1, step: 0.01, value: 0.6, digits: 2 }, () => this.#rangeMoved(this.from));
    this.to = slider("Near end", { min: 0, max: 1, step: 0.01, value: 1, digits: 2 }, () => this.#rangeMoved(this.to));
    this.rangeShare = el("p", { class: "hint", role: "status" });
    this.rangeButtons = [button("Mark it", () => this.#coverRange("replace")), button("Add it", () => this.#coverRange("add")), button("Take it away", () => this.#coverRange("remove"))];
    this.byDepth = fold("Mark all that is so near",
      el("p", { class: "hint", text: "What lies between the two is blue on the picture. 0 is the farthest place, 1 the nearest." }),
      this.from.element, this.to.element, this.rangeShare, el("div", { class: "row" }, ...this.rangeButtons));
    this.byDepth.addEventListener("toggle", () => this.#showRange());

    this.upload = fileField("Mask from a file", "image/*", (file) => this.#loadMask(file), "White is made anew, black is kept. It is fitted to the picture.");
    this.downloadButton = button("Download the mask", async () => download(await this.#plane.toPng(), "mask.png"));

    this.feather = slider("Soft edge", { min: 0, max: 64, step: 1, value: 4, unit: " px" }, () => this.#changed());
    this.fill = choice("Begin there with", [["original", "the picture as it is"], ["fill", "the colours around it"], ["noise", "noise"], ["nothing", "plain gray"]], "original", () => this.#changed(),
      "The less may change, the more of this shows through.");
    this.depthInside = choice("Depth there", [["keep", "as it is: another thing of the same shape"], ["fill", "as around it: the thing is gone"], ["shape", "from a file: another shape"]], "keep", () => this.#optionsChanged());
    this.shape = fileField("Depth map for the marked part", "image/*", (file) => { this.#shape = file; }, "A gray picture of the picture’s proportions; white is near.");
    this.onlyMasked = tick("Enlarge the marked part while working on it: more detail", false, () => this.#optionsChanged());
    this.padding = slider("What it sees around", { min: 0, max: 256, step: 4, value: 32, unit: " px" }, () => this.#changed());

    this.body = el("div", { class: "work-columns" },
      el("div", { class: "work-left" }, this.stage, help),
      el("div", { class: "work-right" },
        el("div", { class: "row", role: "group", "aria-label": "Tool" }, this.brushButton, this.eraserButton),
        this.size.element,
        el("div", { class: "row", role: "group", "aria-label": "Change the mask" }, this.undoButton, this.redoButton, this.invertButton, this.clearButton),
        this.byDepth,
        fold("From a file, or to a file", this.upload.element, el("div", { class: "row" }, this.downloadButton)),
        fold("How it is made anew", this.feather.element, this.fill.element, this.depthInside.element, this.shape.element, this.onlyMasked.element, this.padding.element)));
    this.element = el("div", { class: "work" }, this.state, this.use.element, this.notices, this.body);
    this.#showOptions();
    new ResizeObserver(() => this.#showFeather()).observe(this.stage);
  }

  #takePicture() {
    const picture = this.#picture = this.#app.state.picture;
    clear(this.notices);
    this.body.hidden = picture === null;
    this.use.input.disabled = picture === null;
    this.use.input.checked = false;
    this.#at = null;
    this.#isDown = false;
    this.#plane = picture === null ? null : new MaskPlane(picture.width, picture.height, MARKS);
    if (picture !== null) {
      showPicture(this.stage, this.canvas, picture, SHOWN_SIDE);
      this.marks.replaceChildren(this.#plane.canvas);
      const longest = Math.max(picture.width, picture.height);
      this.size.input.max = Math.max(20, Math.round(longest / 2));
      this.#setBrush(longest / 12);
    }
    this.#showState();
  }

  #listen() {
    const stage = this.stage;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.#plane) return;
      stage.setPointerCapture(event.pointerId);
      this.#lift();
      this.#at = this.#place(event);
      this.#setDown();
    });
    stage.addEventListener("pointermove", (event) => {
      if (!this.#plane) return;
      const isDrawing = this.#isDown && stage.hasPointerCapture(event.pointerId);
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const move of moves.length > 0 ? moves : [event]) {
        const to = this.#place(move);
        if (isDrawing) this.#plane.line(this.#at.x, this.#at.y, to.x, to.y, this.#brush);
        if (isDrawing || !this.#isDown) this.#at = to;
      }
      this.#showCursor(true);
    });
    for (const type of ["pointerup", "pointercancel"]) stage.addEventListener(type, () => this.#lift());
    stage.addEventListener("pointerleave", () => this.#showCursor(document.activeElement === stage && this.#isDown));
    stage.addEventListener("focus", () => this.#showCursor(this.#at !== null));
    stage.addEventListener("blur", () => {
      this.#lift();
      this.#showCursor(false);
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** A place on the picture, in its pixels. */
  #place(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: (event.clientX - box.left) * this.#picture.width / box.width, y: (event.clientY - box.top) * this.#picture.height / box.height };
  }

  #key(event) {
    if (!this.#plane || event.altKey || event.target.matches("input[type=text], textarea, select")) return;
    const act = event.ctrlKey || event.metaKey ? this.#commandOf(event) : this.#actOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #commandOf(event) {
    const key = event.key.toLowerCase();
    if (key === "y" || (key === "z" && event.shiftKey)) return () => this.#edit((plane) => plane.redo());
    return key === "z" ? () => this.#edit((plane) => plane.undo()) : null;
  }

  #actOf(event) {
    if (event.key === "[") return () => this.#setBrush(this.#brush / BRUSH_STEP);
    if (event.key === "]") return () => this.#setBrush(this.#brush * BRUSH_STEP);
    if (event.target !== this.stage) return null;
    const step = event.shiftKey ? 1 : Math.max(1, this.#brush / 2);
    switch (event.key) {
      case "ArrowLeft": return () => this.#moveBy(-step, 0);
      case "ArrowRight": return () => this.#moveBy(step, 0);
      case "ArrowUp": return () => this.#moveBy(0, -step);
      case "ArrowDown": return () => this.#moveBy(0, step);
      case " ": case "Enter": return () => this.#toggleDown();
      case "b": case "B": return () => this.#take(false);
      case "e": case "E": return () => this.#take(true);
      default: return null;
    }
  }

  #moveBy(x, y) {
    const from = this.#at ?? this.#middle(), limit = (value, most) => Math.min(most, Math.max(0, value));
    this.#at = { x: limit(from.x + x, this.#picture.width), y: limit(from.y + y, this.#picture.height) };
    if (this.#isDown) this.#plane.line(from.x, from.y, this.#at.x, this.#at.y, this.#brush);
    this.#showCursor(true);
  }

  #toggleDown() {
    if (this.#isDown) {
      this.#lift();
      say(`Lifted. ${this.state.textContent}`);
      return;
    }
    this.#at ??= this.#middle();
    this.#setDown();
    say(this.#erases ? "Eraser down: the arrows erase." : "Brush down: the arrows draw.");
  }

  #middle() {
    return { x: this.#picture.width / 2, y: this.#picture.height / 2 };
  }

  #setDown() {
    this.#isDown = true;
    this.#plane.begin(this.#erases);
    this.#plane.line(this.#at.x, this.#at.y, this.#at.x, this.#at.y, this.#brush);
    this.#showCursor(true);
  }

  #lift() {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#plane.end();
    this.#marksChanged();
  }

  #take(erases) {
    this.#erases = erases;
    this.brushButton.setAttribute("aria-pressed", String(!erases));
    this.eraserButton.setAttribute("aria-pressed", String(erases));
  }

  #setBrush(size) {
    this.#brush = Math.min(Number(this.size.input.max), Math.max(2, Math.round(size)));
    this.size.value = this.#brush;
    this.#showCursor(!this.cursor.hidden);
  }

  #edit(change) {
    if (!this.#plane) return;
    this.#lift();
    change(this.#plane);
    this.#marksChanged();
  }

  /** Whoever marks something wants it used; whoever takes all marks away does not. */
  #marksChanged() {
    const was = this.use.input.checked;
    this.use.input.checked = this.#plane.share > 0;
    this.#changed();
    if (!was && this.use.input.checked) this.#app.emit("use", "mask");
  }

  /** Something that the next picture is made by has changed. */
  #changed() {
    this.#showState();
    this.#app.emit("settings", ["inpaint"]);
  }

  #showState() {
    const share = this.#plane?.share ?? 0;
    clear(this.notices);
    this.undoButton.disabled = !this.#plane?.canUndo;
    this.redoButton.disabled = !this.#plane?.canRedo;
    this.clearButton.disabled = this.downloadButton.disabled = share === 0;
    this.state.textContent = this.#plane === null ? "Choose a picture first." : share === 0 ? "Nothing is marked yet: the whole picture is made anew."
      : this.use.input.checked ? `${percent(share)} of the picture is marked; only that is made anew.` : `${percent(share)} of the picture is marked, but the mask is off.`;
    this.stage.classList.toggle("is-off", share > 0 && !this.use.input.checked);
    this.#showFeather();
    showUse(this.element, this.use.input.checked && share > 0);
  }

  #optionsChanged() {
    this.#showOptions();
    this.#changed();
  }

  #showOptions() {
    this.shape.element.hidden = this.depthInside.select.value !== "shape";
    this.padding.element.hidden = !this.onlyMasked.input.checked;
  }

  /** The soft edge is seen as the server makes it: a running mean of N pixels, thrice, is nearly a blur with deviation N. */
  #showFeather() {
    if (!this.#plane) return;
    const scale = this.stage.clientWidth / this.#picture.width;
    this.#plane.canvas.style.filter = this.feather.value > 0 && scale > 0 ? `blur(${(this.feather.value * scale).toFixed(2)}px)` : "";
  }

  #showCursor(on) {
    this.cursor.hidden = !on || this.#at === null;
    if (this.cursor.hidden) return;
    const scale = this.stage.clientWidth / this.#picture.width, size = Math.max(4, this.#brush * scale), style = this.cursor.style;
    style.width = style.height = `${size}px`;
    style.left = `${this.#at.x * scale - size / 2}px`;
    style.top = `${this.#at.y * scale - size / 2}px`;
  }

  #rangeMoved(which) {
    if (this.from.value > this.to.value) (which === this.from ? this.to : this.from).value = which.value;
    this.#showRange();
  }

  #showRange() {
    const isOn = this.byDepth.open && this.#plane !== null && this.#depth.plane !== null;
    this.range.hidden = !isOn;
    for (const one of this.rangeButtons) one.disabled = !isOn;
    if (!isOn) {
      this.rangeShare.textContent = this.byDepth.open ? "The depth map is not there yet." : "";
      return;
    }
    const { image, share } = this.#inRange(RANGE_TINT);
    this.range.width = image.width;
    this.range.height = image.height;
    this.range.getContext("2d").putImageData(image, 0, 0);
    this.rangeShare.textContent = `${percent(share)} of the picture lies there.`;
  }

  #inRange(color) {
    return tintRange(this.#depth.plane.atMost(RANGE_SIDE), this.from.value, this.to.value, color);
  }

  #coverRange(how) {
    const { image } = this.#inRange(ALL);
    const canvas = el("canvas", { width: image.width, height: image.height });
    canvas.getContext("2d").putImageData(image, 0, 0);
    this.#edit((plane) => plane.cover(canvas, how));
    // What is marked is to be seen, and the tint of the range lies over it.
    this.byDepth.open = false;
  }

  async #loadMask(file) {
    if (!file || !this.#plane) return;
    try {
      const bitmap = await createImageBitmap(file);
      this.#edit((plane) => plane.load(bitmap));
      bitmap.close();
    } catch {
      this.#complain(`“${file.name}” is no picture that the browser can show. A PNG or JPEG of the mask would be right.`);
    }
    this.upload.input.value = "";
  }

  #complain(text) {
    notice(this.notices, { kind: "bad", text });
  }
}
