// The view in space: the picture on its depth.

import { clear, el, notice } from "../dom.js";
import { button, choice, slider, tick } from "./controls.js";
import { depthOf } from "./depth-source.js";

/**
 * three.js is loaded when the view is opened, not before.
 * @param {HTMLElement} element where it goes
 * @param {import("../app.js").App} app
 */
export function mountView3d(element, app) {
  const panel = new View3dPanel(app);
  element.append(panel.element);
  // Whoever unfolds it wants to see it.
  const details = element.closest("details");
  details.addEventListener("toggle", () => panel.setOpen(details.open));
  panel.setOpen(details.open);
  return panel;
}

class View3dPanel {
  #app; #depth; #view = null; #isOpen = false; #isLoading = false;

  constructor(app) {
    this.#app = app;
    this.#depth = depthOf(app);
    this.#build();
    app.on("picture", () => this.#takePicture());
    app.on("result", () => this.#takeResult());
    this.#depth.onChange(() => this.#takeDepth());
    this.#takePicture();
  }

  /** Whether the panel is unfolded. */
  async setOpen(isOpen) {
    this.#isOpen = isOpen;
    if (isOpen) await this.#open();
  }

  #build() {
    this.state = el("p", { class: "work-state", role: "status" });
    this.notices = el("div", { class: "notices" });
    this.canvas = el("canvas", { class: "work-relief", tabindex: "0", role: "application", "aria-label": "The picture in space", "aria-describedby": "relief-help" });
    const help = el("p", { class: "hint", id: "relief-help", text: "Drag to turn it. By keyboard: the arrows turn it, + and − bring it nearer and farther, 0 sets it straight." });
    this.turned = el("p", { class: "visually-hidden", role: "status" });
    this.texture = choice("What it shows", [["picture", "your picture"], ["result", "the result"], ["depth", "the depth map"]], "picture", () => this.#setTexture());
    this.scale = slider("Depth", { min: 0, max: 1.5, step: 0.05, value: 0.5, digits: 2 }, (value) => this.#with((view) => { view.depthScale = value; }));
    this.mesh = tick("Show the mesh", false, (on) => this.#with((view) => { view.wireframe = on; }));
    this.cut = tick("Leave out what is stretched between near and far", false, (on) => this.#with((view) => { view.cutsJumps = on; }));
    const turn = (text, name, yaw, pitch) => button(text, () => this.#with((view) => view.turn(yaw, pitch)), { "aria-label": name });
    this.body = el("div", { class: "work-columns", hidden: true },
      el("div", { class: "work-left" }, el("div", { class: "work-space" }, this.canvas), help, this.turned),
      el("div", { class: "work-right" },
        el("div", { class: "row", role: "group", "aria-label": "Turn it" }, turn("←", "Turn left", -10, 0), turn("→", "Turn right", 10, 0), turn("↑", "Turn up", 0, 10), turn("↓", "Turn down", 0, -10)),
        el("div", { class: "row", role: "group", "aria-label": "Distance" },
          button("Nearer", () => this.#with((view) => view.zoom(1.2))), button("Farther", () => this.#with((view) => view.zoom(1 / 1.2))), button("Set straight", () => this.#with((view) => view.reset()), { class: "quiet" })),
        this.texture.element, this.scale.element, this.mesh.element, this.cut.element));
    this.element = el("div", { class: "work" }, this.state, this.notices, this.body);
  }

  #with(act) {
    if (this.#view) act(this.#view);
  }

  #takePicture() {
    const has = this.#app.state.picture !== null;
    this.state.textContent = has ? "" : "Choose a picture first.";
    this.state.hidden = has;
    this.body.hidden = !has || this.#view === null;
    this.#showResultChoice();
    if (has) this.#setTexture();
    this.#openIfWanted();
  }

  #takeDepth() {
    if (this.#view === null) this.#openIfWanted();
    else if (this.#isOpen && this.#depth.plane !== null) this.#view.setDepth(this.#depth.plane);
    if (this.texture.select.value === "depth") this.#setTexture();
  }

  #takeResult() {
    this.#showResultChoice();
    if (this.#app.state.result !== null) this.texture.select.value = "result";
    this.#setTexture();
  }

  #showResultChoice() {
    const none = this.#app.state.result === null;
    this.texture.select.querySelector("[value=result]").disabled = none;
    if (none && this.texture.select.value === "result") this.texture.select.value = "picture";
  }

  #openIfWanted() {
    if (this.#isOpen && this.#view === null) this.#open();
  }

  async #open() {
    const plane = this.#depth.plane;
    if (this.#view !== null) {
      if (plane !== null) this.#view.setDepth(plane);
      return;
    }
    if (this.#isLoading || plane === null) return;
    this.#isLoading = true;
    clear(this.notices);
    this.#say("The view is being loaded …");
    try {
      if (!hasWebGl()) {
        notice(this.notices, { kind: "bad", closable: false, text: "This browser shows nothing in three dimensions: WebGL is missing or switched off.", small: "Hardware acceleration in the browser’s settings may help. The command line makes a mesh for other programs: depth2img depth photo.jpg -o mesh.glb." });
        return;
      }
      const { ReliefView } = await import("./relief-view.js");
      this.body.hidden = false;
      this.#view = new ReliefView(this.canvas, ({ yaw, pitch, zoom }) => {
        this.turned.textContent = `Turned by ${yaw}° sideways and ${pitch}° upwards, ${zoom.toFixed(1)} times as near.`;
      });
      this.#view.depthScale = this.scale.value;
      this.#view.setDepth(plane);
      await this.#setTexture();
    } catch (failure) {
      this.#view?.dispose();
      this.#view = null;
      this.body.hidden = true;
      notice(this.notices, { kind: "bad", text: `The view cannot be opened: ${failure.message}`, actions: [{ label: "Try again", run: () => this.#open() }] });
    } finally {
      this.#isLoading = false;
      this.#say("");
    }
  }

  #say(text) {
    this.state.textContent = text;
    this.state.hidden = text === "";
  }

  async #setTexture() {
    if (this.#view === null) return;
    const wanted = this.texture.select.value;
    const picture = wanted === "result" ? await this.#resultPicture() : wanted === "depth" ? this.#depthPicture() : this.#app.state.picture?.canvas;
    if (picture && wanted === this.texture.select.value) this.#view.setTexture(picture);
  }

  async #resultPicture() {
    const result = this.#app.state.result;
    if (result === null) return null;
    const image = new Image();
    image.src = result.image;
    try {
      await image.decode();
    } catch {
      notice(this.notices, { kind: "bad", text: "The result’s picture could not be loaded." });
      return null;
    }
    return image;
  }

  #depthPicture() {
    const depth = this.#app.state.depth;
    if (depth === null) return null;
    const canvas = el("canvas", { width: depth.map.width, height: depth.map.height });
    depth.map.draw(canvas.getContext("2d"), depth.colors);
    return canvas;
  }
}

function hasWebGl() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}
