// @ts-check
// Draws 16-bit greys with WebGL2, in two steps. What lies under each pixel of the screen is gathered when the view
// moves, and kept. A change of the window shows it anew: one look-up per pixel at any zoom, and no transfer.

import { CanvasPlaces } from "./canvas_places.js";
import { buildGather, buildShow } from "./shaders.js";
import { voiTransform } from "./voi_lut.js";

/** @import { Layer, LensCircle, Point, Rectangle, VoiWindow } from "./types.js" */

const NOTHING = new Uint32Array(4).fill(0xffffffff);
const NEAR = 1e-5;  // of a texel: what rounding leaves of a whole number

export class Painter {
  /** @type {Map<number[], WebGLTexture>} */
  curves = new Map();
  /** @type {{ texture: WebGLTexture, frame: WebGLFramebuffer, width: number, height: number } | null} */
  kept = null;
  /** What was gathered last into each rectangle. @type {Map<string, string>} */
  held = new Map();
  largest = 0;
  places = new CanvasPlaces(1, 1, 1);
  divided = "";
  laid = "";

  /**
   * Throws where the browser has no WebGL2.
   *
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} lost Called when the graphics card goes.
   * @param {() => void} restored Called when it has come back.
   */
  constructor(canvas, lost, restored) {
    this.canvas = canvas;
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("This browser has no WebGL2, so only the pictures of the run can be shown.");
    this.gl = gl;
    this.gather = buildGather(gl);
    this.show = buildShow(gl);
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      lost();
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.gather = buildGather(gl);
      this.show = buildShow(gl);
      this.prepare();
      restored();
    });
    this.prepare();
  }

  prepare() {
    const gl = this.gl;
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    gl.disable(gl.DITHER);
    gl.enable(gl.SCISSOR_TEST);
    this.curves.clear();
    this.kept = null;
    this.held.clear();
    this.useCurve([0, 255]);
    gl.useProgram(this.gather.program);
    gl.uniform1i(this.gather.at.greys, 0);
    gl.useProgram(this.show.program);
    gl.uniform1i(this.show.at.gathered, 0);
    gl.uniform1i(this.show.at.curve, 1);
    this.largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
  }

  /**
   * @param {number} format
   * @param {number} rows
   * @param {number} columns
   */
  empty(format, rows, columns) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, format, columns, rows);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    return texture;
  }

  /**
   * An empty texture of 16-bit greys.
   *
   * @param {number} rows
   * @param {number} columns
   */
  texture(rows, columns) {
    return this.empty(this.gl.R16UI, rows, columns);
  }

  /**
   * Put a part of a tile into a texture; `from` and `to` are [row, column].
   *
   * @param {WebGLTexture} texture
   * @param {Uint16Array} values
   * @param {number} width Of the tile.
   * @param {Point} from
   * @param {Point} to
   * @param {number} rows
   * @param {number} columns
   */
  upload(texture, values, width, from, to, rows, columns) {
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, width);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, from[0]);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, from[1]);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, to[1], to[0], columns, rows, gl.RED_INTEGER, gl.UNSIGNED_SHORT, values);
  }

  /**
   * Choose a table of greys (0 to 255); each is uploaded once.
   *
   * @param {number[]} table
   */
  useCurve(table) {
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE1);
    const known = this.curves.get(table);
    if (known) gl.bindTexture(gl.TEXTURE_2D, known);
    else {
      const texture = this.empty(gl.R16F, 1, table.length);
      this.curves.set(table, texture);
      for (const name of [gl.UNPACK_ROW_LENGTH, gl.UNPACK_SKIP_ROWS, gl.UNPACK_SKIP_PIXELS]) gl.pixelStorei(name, 0);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, table.length, 1, gl.RED, gl.FLOAT, Float32Array.from(table, (grey) => grey / 255));
      for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    }
    gl.activeTexture(gl.TEXTURE0);
  }

  /** @param {WebGLTexture} texture */
  forget(texture) {
    this.gl.deleteTexture(texture);
  }

  /**
   * Begin a frame.
   *
   * @param {string} layout Names how the canvas is divided: under another one nothing that was gathered holds.
   */
  begin(layout) {
    const { canvas, gl } = this;
    const ratio = devicePixelRatio;
    const box = (canvas.parentElement ?? canvas).getBoundingClientRect();
    const [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom].map((side) => Math.round(side * ratio));
    const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
    this.places = new CanvasPlaces(width, height, ratio);
    this.lay(left / ratio - box.left, top / ratio - box.top);
    const divided = `${width} ${height} ${ratio} ${layout}`;
    if (!this.kept || this.divided !== divided) this.divide(divided, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.scissor(0, 0, width, height);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /**
   * Lay the canvas on the grid of the screen, or the browser would mix its pixels once more.
   *
   * @param {number} left
   * @param {number} top
   */
  lay(left, top) {
    const { canvas, places: { width, height, ratio } } = this;
    const laid = `${left} ${top} ${width} ${height} ${ratio}`;
    if (this.laid === laid) return;
    this.laid = laid;
    Object.assign(canvas, { width, height });
    const px = (/** @type {number} */ length) => `${length}px`;
    Object.assign(canvas.style, { left: px(left), top: px(top), width: px(width / ratio), height: px(height / ratio) });
  }

  /**
   * @param {string} divided
   * @param {number} width
   * @param {number} height
   */
  divide(divided, width, height) {
    const gl = this.gl;
    this.divided = divided;
    this.held.clear();
    if (this.kept?.width === width && this.kept.height === height) return;
    if (this.kept) gl.deleteTexture(this.kept.texture);
    if (this.kept) gl.deleteFramebuffer(this.kept.frame);
    const texture = this.empty(gl.R32UI, height, width);
    const frame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    this.kept = { texture, frame, width, height };
  }

  /**
   * Draw layers into a rectangle of the stage through a window.
   *
   * @param {Rectangle} rectangle
   * @param {Layer[]} layers
   * @param {VoiWindow} window
   * @param {boolean} inverted
   */
  draw(rectangle, layers, window, inverted) {
    const gl = this.gl;
    if (!this.kept) return;
    const key = JSON.stringify(layers.map(({ centre, scale, lens, pieces }) => [centre, scale, lens, pieces.map((piece) => piece.name)]));
    const place = this.places.within(rectangle);
    gl.scissor(...place);
    if (this.held.get(place.join()) !== key) {
      this.held.set(place.join(), key);
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.kept.frame);
      gl.clearBufferuiv(gl.COLOR, 0, NOTHING);
      gl.useProgram(this.gather.program);
      for (const layer of layers) this.gatherLayer(rectangle, layer);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    }
    gl.useProgram(this.show.program);
    gl.bindTexture(gl.TEXTURE_2D, this.kept.texture);
    gl.uniform2f(this.show.at.ends, inverted ? 1 : 0, inverted ? -1 : 1);
    gl.uniform4f(this.show.at.box, ...this.places.around(rectangle, layers));
    this.tone(window, null);
    for (const layer of layers) if (layer.lens && layer.window) this.tone(layer.window, layer.lens);
  }

  /**
   * Show what was gathered through a window: all of it, or the circle of a lens.
   *
   * @param {VoiWindow} window
   * @param {LensCircle | null} lens
   */
  tone(window, lens) {
    const { gl, show: { at } } = this;
    const { slope, offset, curve } = voiTransform(window);
    if (curve) this.useCurve(curve);
    gl.uniform2f(at.tone, slope, offset);
    gl.uniform1i(at.curved, curve ? 1 : 0);
    gl.uniform3f(at.lens, ...this.places.circle(lens));
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  /**
   * @param {Rectangle} rectangle
   * @param {Layer} layer
   */
  gatherLayer(rectangle, layer) {
    const { gl, places: { ratio } } = this;
    const { centre, scale, lens, pieces } = layer;
    const { at } = this.gather;
    const times = [scale[0] * ratio, -scale[1] * ratio];
    const middle = this.places.middleOf(rectangle);
    gl.uniform3f(at.lens, ...this.places.circle(lens));
    for (const { texture, box, shrink, origin } of pieces) {
      const stride = times.map((value) => 1 / (value * shrink));
      const exactly = centre.map((value, axis) => (value - middle[axis] / times[axis]) / shrink - origin[axis]);
      const isExact = stride.every((value) => isNear(Math.abs(value), 1)) && exactly.every((value) => isNear(value, Math.round(value)));
      const first = isExact ? exactly.map(Math.round) : exactly;
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform4f(at.box, ...this.places.clip(rectangle, layer, box));
      gl.uniform2f(at.stride, stride[0], stride[1]);
      gl.uniform2f(at.first, first[0], first[1]);
      gl.uniform1i(at.exact, isExact ? 1 : 0);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }
}

/**
 * @param {number} value
 * @param {number} other
 */
function isNear(value, other) {
  return Math.abs(value - other) < NEAR;
}
