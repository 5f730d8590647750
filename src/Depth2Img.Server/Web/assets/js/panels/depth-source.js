// The page's depth map as the panels of this folder use it: made once for all of them, and only when one is open to see it.

import { debounce } from "../dom.js";
import { DepthPlane } from "./depth-plane.js";

const sources = new WeakMap();

/** The source of a page. */
export function depthOf(app) {
  if (!sources.has(app)) sources.set(app, new DepthSource(app));
  return sources.get(app);
}

/** A brush on the depth map changes it many times a second. */
const PAUSE = 150;

class DepthSource {
  #app;
  #plane = null;
  #isStale = true;
  #listeners = new Set();

  constructor(app) {
    this.#app = app;
    const tell = debounce(PAUSE, () => {
      for (const run of this.#listeners) run();
    });
    const forget = () => {
      this.#isStale = true;
      tell();
    };
    app.on("depth", forget);
    app.on("picture", forget);
  }

  /** The map; null while there is none. */
  get plane() {
    if (this.#isStale) {
      this.#plane = this.#app.state.depth ? DepthPlane.of(this.#app.state.depth.map) : null;
      this.#isStale = false;
    }
    return this.#plane;
  }

  /** Calls a function after the map has changed, or gone. */
  onChange(run) {
    this.#listeners.add(run);
  }
}
