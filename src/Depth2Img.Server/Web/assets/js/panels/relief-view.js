// The picture on its depth, to be turned. This module brings three.js and is loaded only when the view is opened.

import { BufferAttribute, BufferGeometry, LinearFilter, Mesh, MeshBasicMaterial, PerspectiveCamera, Scene, SRGBColorSpace, CanvasTexture, WebGLRenderer } from "../vendor/three.js";
import { buildRelief } from "./relief.js";

const fieldOfView = 35;
const farthestTurn = 75 * Math.PI / 180;
const nearestZoom = 0.35, farthestZoom = 2.5;

export class ReliefView {
  #canvas; #renderer; #scene = new Scene(); #camera = new PerspectiveCamera(fieldOfView, 1, 0.01, 100);
  #mesh; #geometry = new BufferGeometry(); #material; #relief = null; #frame = 0; #observer;
  #yaw = 0; #pitch = 0; #zoom = 1; #depthScale = 0.5; #cutsJumps = false; #onChange;

  /**
   * @param {HTMLCanvasElement} canvas Where it is seen.
   * @param {(turn: {yaw: number, pitch: number, zoom: number}) => void} onChange Told of every turn, in degrees and as a factor.
   * @throws The browser has no WebGL.
   */
  constructor(canvas, onChange = () => {}) {
    this.#canvas = canvas;
    this.#onChange = onChange;
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.#material = new MeshBasicMaterial();
    this.#mesh = new Mesh(this.#geometry, this.#material);
    this.#scene.add(this.#mesh);
    this.#observer = new ResizeObserver(() => this.#draw());
    this.#observer.observe(canvas);
    this.#listen();
  }

  /** Shows another depth map. */
  setDepth(depth) {
    const relief = this.#relief = buildRelief(depth);
    this.#geometry.setAttribute("position", new BufferAttribute(relief.positions, 3));
    this.#geometry.setAttribute("uv", new BufferAttribute(relief.uvs, 2));
    this.#setTriangles();
  }

  /** Lays another picture onto the mesh. */
  setTexture(picture) {
    this.#material.map?.dispose();
    const side = this.#renderer.capabilities.maxTextureSize;
    const scale = Math.min(1, 2048 / Math.max(picture.width, picture.height), side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const texture = new CanvasTexture(canvas);
    texture.colorSpace = SRGBColorSpace;
    texture.minFilter = LinearFilter;
    texture.generateMipmaps = false;
    this.#material.map = texture;
    this.#material.needsUpdate = true;
    this.#draw();
  }

  set depthScale(value) { this.#depthScale = value; this.#draw(); }

  set wireframe(on) { this.#material.wireframe = on; this.#draw(); }

  set cutsJumps(on) { this.#cutsJumps = on; this.#setTriangles(); }

  /** Turns it, by degrees. */
  turn(yaw, pitch) {
    const limit = angle => Math.min(farthestTurn, Math.max(-farthestTurn, angle));
    this.#yaw = limit(this.#yaw + yaw * Math.PI / 180);
    this.#pitch = limit(this.#pitch + pitch * Math.PI / 180);
    this.#turned();
  }

  /** Brings it nearer (above 1) or farther. */
  zoom(factor) {
    this.#zoom = Math.min(farthestZoom, Math.max(nearestZoom, this.#zoom / factor));
    this.#turned();
  }

  reset() {
    this.#yaw = this.#pitch = 0;
    this.#zoom = 1;
    this.#turned();
  }

  /** Lets the graphics processor's memory go. */
  dispose() {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#material.map?.dispose();
    this.#material.dispose();
    this.#geometry.dispose();
    this.#renderer.dispose();
  }

  #setTriangles() {
    if (!this.#relief) return;
    this.#geometry.setIndex(new BufferAttribute(this.#cutsJumps ? this.#relief.cut : this.#relief.whole, 1));
    this.#draw();
  }

  #turned() {
    this.#onChange({ yaw: Math.round(this.#yaw * 180 / Math.PI), pitch: Math.round(this.#pitch * 180 / Math.PI), zoom: 1 / this.#zoom });
    this.#draw();
  }

  /** Draws once before the next frame: nothing moves by itself, so nothing is drawn in between. */
  #draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow() {
    if (!this.#relief || !this.#canvas.clientWidth) return;
    const width = this.#canvas.clientWidth, height = this.#canvas.clientHeight;
    this.#renderer.setPixelRatio(Math.min(2, window.devicePixelRatio));
    this.#renderer.setSize(width, height, false);
    const camera = this.#camera;
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    // From straight ahead the nearest part of the picture just fills the view.
    const tangent = Math.tan(fieldOfView / 2 * Math.PI / 180);
    const away = Math.max(1, this.#relief.aspect / camera.aspect) / tangent * 1.05;
    // The mesh turns about the middle of its depth.
    this.#mesh.scale.z = Math.max(1e-4, this.#depthScale);
    this.#mesh.position.z = -this.#depthScale / 2;
    const distance = (away + this.#depthScale / 2) * this.#zoom;
    camera.position.set(distance * Math.sin(this.#yaw) * Math.cos(this.#pitch), distance * Math.sin(this.#pitch), distance * Math.cos(this.#yaw) * Math.cos(this.#pitch));
    camera.lookAt(0, 0, 0);
    this.#renderer.render(this.#scene, camera);
  }

  #listen() {
    const canvas = this.#canvas, pointers = new Map();
    let spread = 0;
    canvas.addEventListener("pointerdown", event => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
      spread = spreadOf(pointers);
    });
    canvas.addEventListener("pointermove", event => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      pointers.set(event.pointerId, event);
      if (pointers.size === 2) {
        const now = spreadOf(pointers);
        if (spread > 0) this.zoom(now / spread);
        spread = now;
      } else {
        const degrees = 120 / Math.max(1, canvas.clientWidth);
        this.turn((last.clientX - event.clientX) * degrees, (event.clientY - last.clientY) * degrees);
      }
    });
    for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, event => pointers.delete(event.pointerId));
    // A wheel over the picture scrolls the page, as everywhere; with Ctrl (and with two fingers on a touchpad) it zooms.
    canvas.addEventListener("wheel", event => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 200));
    }, { passive: false });
    canvas.addEventListener("keydown", event => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const step = event.shiftKey ? 15 : 5;
      const act = { ArrowLeft: () => this.turn(-step, 0), ArrowRight: () => this.turn(step, 0), ArrowUp: () => this.turn(0, step), ArrowDown: () => this.turn(0, -step), "+": () => this.zoom(1.15), "=": () => this.zoom(1.15), "-": () => this.zoom(1 / 1.15), 0: () => this.reset() }[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    });
  }
}

function spreadOf(pointers) {
  if (pointers.size !== 2) return 0;
  const [a, b] = [...pointers.values()];
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
