// Depth layers: the picture is cut by its depth, and each layer is made anew by words of its own, or kept.

import { clear, el, notice, say } from "../dom.js";
import { encodeGray } from "../png.js";
import { button, choice, field, fold, percent, showPicture, showUse, slider, tick } from "./controls.js";
import { evenThresholds, moveThreshold, tintLayers } from "./depth-cut.js";
import { depthOf } from "./depth-source.js";

/** The nearest first: told apart by those who see no red or green, too (after Okabe and Ito). */
const TINTS = [[230, 120, 0, 140], [0, 114, 178, 140], [0, 158, 115, 140], [204, 121, 167, 140]];
const NAMES = { 2: ["Near", "Far"], 3: ["Near", "Middle", "Far"], 4: ["Nearest", "Near", "Far", "Farthest"] };
const SHOWN_SIDE = 512;

/**
 * @param {HTMLElement} element where it goes
 * @param {import("../app.js").App} app
 */
export function mountLayers(element, app) {
  const panel = new LayersPanel(app);
  element.append(panel.element);
  panel.begin();
  app.addRequestPart((fields) => panel.addTo(fields));
  app.addRestorer((request) => panel.restore(request));
  return panel;
}

class LayersPanel {
  #app; #depth; #thresholds = []; #layers = []; #sliders = [];
  /** Whether somebody moved the cut, and for which map it was last asked for. */
  #isOwnCut = false; #askedFor = null;

  constructor(app) {
    this.#app = app;
    this.#depth = depthOf(app);
    this.#build();
    this.#setCount(2);
  }

  /** Takes what the page has, and then what comes. */
  begin() {
    this.#takePicture();
    this.#app.on("picture", () => this.#takePicture());
    this.#app.on("use", (what) => {
      if (what !== "layers" && this.switchOff()) say("Layers are off: a picture is made with a mask or with layers, not both.");
    });
    this.#depth.onChange(() => this.#takeDepth());
    // The cut is asked for when somebody first sees it.
    new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#cutOnce();
    }).observe(this.stage);
  }

  /** Puts the layers into a request. */
  addTo(fields) {
    if (!this.use.input.checked || this.#app.state.picture === null) return;
    const layers = this.#layers.map((layer) => {
      if (layer.keep.input.checked) return { keep: true };
      const words = {}, prompt = layer.prompt.value.trim(), negative = layer.negative.value.trim();
      if (prompt) words.prompt = prompt;
      if (negative) words.negativePrompt = negative;
      if (layer.ownStrength.input.checked) words.strength = layer.strength.value;
      if (layer.ownGuidance.input.checked) words.guidance = layer.guidance.value;
      return words;
    });
    fields.layers = { layers, thresholds: this.#thresholds, softness: this.softness.value, isolation: this.isolation.value };
  }

  /** Takes a job's layers back. */
  restore(request) {
    const said = request.layers;
    if (!said?.layers || this.#app.state.picture === null) {
      this.switchOff();
      return;
    }
    const count = said.thresholds ? said.thresholds.length + 1 : said.count ?? Math.max(2, said.layers.length);
    if (!NAMES[count]) return;
    this.#setCount(count);
    this.#layers.forEach((layer, n) => {
      const words = said.layers[n] ?? {};
      layer.keep.input.checked = words.keep === true;
      layer.prompt.value = words.prompt ?? "";
      layer.negative.value = words.negativePrompt ?? "";
      layer.ownStrength.input.checked = typeof words.strength === "number";
      if (typeof words.strength === "number") layer.strength.value = words.strength;
      layer.ownGuidance.input.checked = typeof words.guidance === "number";
      if (typeof words.guidance === "number") layer.guidance.value = words.guidance;
      layer.showParts();
    });
    if (typeof said.softness === "number") this.softness.value = said.softness;
    if (typeof said.isolation === "number") this.isolation.value = said.isolation;
    this.#isOwnCut = Array.isArray(said.thresholds);
    if (this.#isOwnCut) this.#setThresholds(said.thresholds);
    this.use.input.checked = true;
    this.#app.emit("use", "layers");
    this.#changed();
  }

  /**
   * Takes layers out of the next picture; what was set stays.
   * @returns whether they took part
   */
  switchOff() {
    if (!this.use.input.checked) return false;
    this.use.input.checked = false;
    this.#changed();
    return true;
  }

  #build() {
    this.canvas = el("canvas", { class: "work-picture", "aria-hidden": "true" });
    this.tints = el("canvas", { class: "work-over", "aria-hidden": "true" });
    this.stage = el("div", { class: "work-stage", role: "img", "aria-label": "Your picture, each layer in a tint of its own" }, this.canvas, this.tints);
    this.state = el("p", { class: "hint", role: "status" });
    this.notices = el("div", { class: "notices" });
    this.use = tick("Make each layer by words of its own", false, (on) => {
      this.#changed();
      if (on) this.#app.emit("use", "layers");
    });
    this.count = choice("How many", [["2", "Two: subject and background"], ["3", "Three"], ["4", "Four"]], "2", (value) => {
      this.#setCount(Number(value));
      this.#changed();
      this.#cutAutomatically();
    });
    this.automatic = button("Find the cut", () => this.#cutAutomatically());
    this.cuts = el("div", { class: "work-cuts" });
    this.parts = el("div", { class: "work-layers" });
    this.softness = slider("Passage between them", { min: 0, max: 0.2, step: 0.005, value: 0.03, digits: 3 }, () => this.#changed());
    this.isolation = slider("Made without sight of each other", { min: 0, max: 1, step: 0.05, value: 0.9, digits: 2 }, () => this.#changed());
    this.body = el("div", { class: "work-columns" },
      el("div", { class: "work-left" }, this.stage, this.state, this.count.element, this.cuts, el("div", { class: "row" }, this.automatic)),
      el("div", { class: "work-right" }, this.parts,
        fold("How layers meet",
          el("p", { class: "hint", text: "The passage is a part of the picture’s longer side. Made without sight of each other for most of the time, layers keep to their own words; with it they grow together." }),
          this.softness.element, this.isolation.element)));
    this.element = el("div", { class: "work" }, this.use.element, this.notices, this.body);
  }

  #takePicture() {
    const picture = this.#app.state.picture;
    this.body.hidden = picture === null;
    this.use.input.disabled = picture === null;
    this.use.input.checked = false;
    clear(this.notices);
    showUse(this.element, false);
    this.#isOwnCut = false;
    if (picture !== null) showPicture(this.stage, this.canvas, picture, SHOWN_SIDE);
    this.#show();
  }

  #takeDepth() {
    this.#show();
    if (this.stage.offsetParent !== null) this.#cutOnce();
  }

  #setCount(count) {
    this.count.select.value = String(count);
    this.#isOwnCut = false;
    this.#thresholds = evenThresholds(count);
    this.#sliders = this.#thresholds.map((value, n) => slider(nameOfCut(n, count), { min: 0.01, max: 0.99, step: 0.005, value, digits: 3 }, (moved) => {
      this.#isOwnCut = true;
      this.#setThresholds(moveThreshold(this.#thresholds, n, moved));
    }));
    // As the layers do, cuts come from near to far down the page.
    this.cuts.replaceChildren(...this.#sliders.map((one) => one.element).reverse());
    const earlier = this.#layers;
    this.#layers = NAMES[count].map((_, n) => earlier[n] ?? this.#makeLayer(n));
    this.#layers.forEach((layer, n) => { layer.name.textContent = NAMES[count][n]; });
    this.parts.replaceChildren(...this.#layers.map((layer) => layer.element));
    this.#show();
  }

  #setThresholds(thresholds) {
    this.#thresholds = thresholds;
    this.#sliders.forEach((one, n) => { one.value = thresholds[n]; });
    this.#show();
    this.#changed();
  }

  #makeLayer(n) {
    const swatch = el("span", { class: "work-swatch", "aria-hidden": "true" });
    swatch.style.background = `rgb(${TINTS[n].slice(0, 3).join(" ")})`;
    const name = el("span"), share = el("span", { class: "muted" });
    // Whoever writes words for a layer wants layers.
    const wrote = () => {
      const was = this.use.input.checked;
      this.use.input.checked = true;
      this.#changed();
      if (!was) this.#app.emit("use", "layers");
    };
    const prompt = el("textarea", { rows: 2, maxlength: 4000, autocapitalize: "off", input: wrote });
    const negative = el("textarea", { rows: 1, maxlength: 4000, autocapitalize: "off", input: wrote });
    const strength = slider("How much changes", { min: 0, max: 1, step: 0.01, value: 0.8, digits: 2 }, () => this.#changed());
    const guidance = slider("Guidance", { min: 0, max: 20, step: 0.5, value: 7.5, digits: 1 }, () => this.#changed());
    const shown = () => {
      layer.showParts();
      this.#changed();
    };
    const ownStrength = tick("Change more or less here", false, shown), ownGuidance = tick("A guidance of its own", false, shown);
    const keep = tick("Keep it as it is", false, () => {
      shown();
      wrote();
    });
    const words = el("div", { class: "work-words" },
      field("What it should become", prompt, "Left empty, it follows the words above."),
      fold("More for this layer", field("What to keep away from", negative), ownStrength.element, strength.element, ownGuidance.element, guidance.element));
    const element = el("fieldset", { class: "work-layer" }, el("legend", {}, swatch, name, " ", share), keep.element, words);
    const layer = {
      element, name, share, prompt, negative, strength, guidance, ownStrength, ownGuidance, keep,
      showParts() {
        words.hidden = keep.input.checked;
        strength.element.hidden = !ownStrength.input.checked;
        guidance.element.hidden = !ownGuidance.input.checked;
      },
    };
    layer.showParts();
    return layer;
  }

  /** Something that the next picture is made by has changed. */
  #changed() {
    clear(this.notices);
    showUse(this.element, this.use.input.checked);
    this.#app.emit("settings", ["layers"]);
  }

  #show() {
    const depth = this.#app.state.picture === null ? null : this.#depth.plane;
    this.tints.hidden = depth === null;
    this.automatic.disabled = depth === null;
    if (depth === null) {
      this.state.textContent = this.#app.state.picture === null ? "Choose a picture first." : "The depth map is not there yet.";
      return;
    }
    const { image, shares } = tintLayers(depth.atMost(SHOWN_SIDE), this.#thresholds, TINTS);
    this.tints.width = image.width;
    this.tints.height = image.height;
    this.tints.getContext("2d").putImageData(image, 0, 0);
    this.#layers.forEach((layer, n) => { layer.share.textContent = `${percent(shares[n])} of the picture`; });
    this.state.textContent = "The tints show the layers: orange is nearest.";
  }

  #cutOnce() {
    if (this.#depth.plane !== null && !this.#isOwnCut && this.#askedFor !== this.#depth.plane) this.#cutAutomatically();
  }

  async #cutAutomatically() {
    const plane = this.#depth.plane, count = this.#layers.length;
    if (plane === null) return;
    this.#askedFor = plane;
    this.#isOwnCut = false;
    clear(this.notices);
    this.automatic.setAttribute("aria-busy", "true");
    try {
      const { thresholds } = await this.#app.api.json("api/v1/layers", { method: "POST", form: await this.#form(plane, count) });
      // An answer that comes after another map or count, or after a hand has moved the cut, is of no use.
      if (this.#askedFor !== plane || this.#isOwnCut || thresholds.length !== this.#thresholds.length) return;
      this.#setThresholds(thresholds.map((value) => Math.round(value * 1000) / 1000));
    } catch (problem) {
      if (this.#askedFor === plane) notice(this.notices, { kind: "bad", text: problem.detail ?? problem.message });
    } finally {
      this.automatic.removeAttribute("aria-busy");
    }
  }

  /** The map as it is seen: its groups of depth are the same when it is small. */
  async #form(plane, count) {
    const { width, height, values } = plane.atMost(SHOWN_SIDE);
    const form = new FormData();
    form.append("depth", await encodeGray(width, height, Uint16Array.from(values, (value) => Math.round(65535 * value)), 16), "depth.png");
    form.append("count", String(count));
    return form;
  }
}

function nameOfCut(n, count) {
  const nearer = count - 2 - n;
  return `Cut between ${NAMES[count][nearer].toLowerCase()} and ${NAMES[count][nearer + 1].toLowerCase()}`;
}
