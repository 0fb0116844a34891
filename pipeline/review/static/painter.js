// Draws 16-bit greys with WebGL2: windowing, inversion and interpolation happen in the fragment shader, so that a
// change of the window costs one draw and no transfer.

const VERTEX = `#version 300 es
uniform vec4 box;      // left, top, right, bottom in pixels of the stored image
uniform vec2 centre;   // of the view, in the same
uniform vec2 scale;    // to clip space
uniform vec2 shrink;   // pixels of the stored image per texel of this level
uniform vec2 origin;   // of the texture, in texels of this level
out vec2 texel;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 place = mix(box.xy, box.zw, corner);
  texel = place / shrink - origin;
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D greys;
uniform vec3 window;   // centre, width, function: 0 linear, 1 linear exact, 2 sigmoid, 3 a table of the file
uniform sampler2D table;
uniform bool inverted;
uniform vec3 lens;     // x, y and radius in device pixels; a radius of 0 is none
in vec2 texel;
out vec4 colour;
float at(ivec2 place, ivec2 last) { return float(texelFetch(greys, clamp(place, ivec2(0), last), 0).r); }
void main() {
  if (lens.z > 0.0 && distance(gl_FragCoord.xy, lens.xy) > lens.z) discard;
  ivec2 last = textureSize(greys, 0) - 1;
  vec2 place = texel - 0.5;
  ivec2 low = ivec2(floor(place));
  vec2 part = place - vec2(low);
  float value = mix(
    mix(at(low, last), at(low + ivec2(1, 0), last), part.x),
    mix(at(low + ivec2(0, 1), last), at(low + ivec2(1, 1), last), part.x), part.y);
  float shown;
  if (window.z > 2.5) shown = texture(table, vec2(((value - window.x) / window.y + 0.5) * 255.0 / 256.0 + 0.5 / 256.0, 0.5)).r;
  else if (window.z > 1.5) shown = 1.0 / (1.0 + exp(-4.0 * (value - window.x) / window.y));
  else if (window.z > 0.5) shown = (value - window.x) / window.y + 0.5;
  else shown = window.y <= 1.0 ? step(window.x, value + 0.5) : (value - window.x + 0.5) / (window.y - 1.0) + 0.5;
  shown = clamp(shown, 0.0, 1.0);
  if (inverted) shown = 1.0 - shown;
  colour = vec4(vec3(shown), 1.0);
}`;

const UNIFORMS = ["box", "centre", "scale", "shrink", "origin", "greys", "window", "inverted", "lens", "table"];
const FUNCTIONS = { LINEAR: 0, LINEAR_EXACT: 1, SIGMOID: 2, TABLE: 3 };

export class Painter {
  /** Throws where the browser has no WebGL2. */
  constructor(canvas) {
    this.canvas = canvas;
    this.gl = canvas.getContext("webgl2", { alpha: false, antialias: false, powerPreference: "high-performance" });
    if (!this.gl) throw new Error("This browser has no WebGL2, so only the pictures of the run can be shown.");
    this.lost = [];
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.prepare();
      for (const restore of this.lost) restore();
    });
    this.prepare();
  }

  prepare() {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`The shader was refused: ${gl.getProgramInfoLog(program)}`);
    }
    gl.useProgram(program);
    this.at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
    gl.bindVertexArray(gl.createVertexArray());
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    this.tables = new Map();
    this.useTable([0, 255]);
    gl.uniform1i(this.at.greys, 0);
    gl.uniform1i(this.at.table, 1);
    this.largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
  }

  /** An empty texture of 16-bit greys. */
  texture(rows, columns) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, columns, rows);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    return texture;
  }

  /** Put a part of a tile into a texture; `from` and `to` are [row, column]. */
  upload(texture, values, width, from, to, rows, columns) {
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, width);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, from[0]);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, from[1]);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, to[1], to[0], columns, rows, gl.RED_INTEGER, gl.UNSIGNED_SHORT, values);
  }

  /** Choose a table of 256 greys (0 to 255); each is uploaded once. */
  useTable(table) {
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE1);
    if (this.tables.has(table)) gl.bindTexture(gl.TEXTURE_2D, this.tables.get(table));
    else {
      const texture = gl.createTexture();
      this.tables.set(table, texture);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      for (const name of [gl.UNPACK_ROW_LENGTH, gl.UNPACK_SKIP_ROWS, gl.UNPACK_SKIP_PIXELS]) gl.pixelStorei(name, 0);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, table.length, 1, 0, gl.RED, gl.UNSIGNED_BYTE, new Uint8Array(table));
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
      for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    }
    gl.activeTexture(gl.TEXTURE0);
  }

  forget(texture) {
    this.gl.deleteTexture(texture);
  }

  /** Fit the canvas to its element and clear it. */
  begin() {
    const ratio = devicePixelRatio;
    const width = Math.round(this.canvas.clientWidth * ratio);
    const height = Math.round(this.canvas.clientHeight * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const gl = this.gl;
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  /**
   * Draw pieces of a picture into a rectangle of the canvas (CSS pixels).
   * `centre` is in pixels of the stored image, `scale` [x, y] in CSS pixels per pixel, negative where mirrored.
   */
  draw({ left, top, width, height }, { centre, scale, window, inverted, lens }, pieces) {
    const gl = this.gl;
    const ratio = this.canvas.width / Math.max(1, this.canvas.clientWidth);
    const x = Math.round(left * ratio);
    const y = Math.round(this.canvas.height - (top + height) * ratio);
    const wide = Math.round(width * ratio);
    const high = Math.round(height * ratio);
    gl.viewport(x, y, wide, high);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(x, y, wide, high);
    gl.uniform2f(this.at.centre, ...centre);
    gl.uniform2f(this.at.scale, (2 * ratio * scale[0]) / wide, (-2 * ratio * scale[1]) / high);
    gl.uniform3f(this.at.window, window.center, Math.max(window.width, 1), FUNCTIONS[window.function] ?? 0);
    if (window.function === "TABLE") this.useTable(window.table);
    gl.uniform1i(this.at.inverted, inverted ? 1 : 0);
    if (lens) gl.uniform3f(this.at.lens, lens.x * ratio, this.canvas.height - lens.y * ratio, lens.radius * ratio);
    else gl.uniform3f(this.at.lens, 0, 0, 0);
    for (const piece of pieces) {
      gl.bindTexture(gl.TEXTURE_2D, piece.texture);
      gl.uniform4f(this.at.box, ...piece.box);
      gl.uniform2f(this.at.shrink, ...piece.shrink);
      gl.uniform2f(this.at.origin, ...piece.origin);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }
}
