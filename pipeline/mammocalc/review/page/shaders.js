// @ts-check
// The two programs of the graphics card: one gathers the greys that lie under the pixels of the screen, one shows them.

// A rectangle of the screen, given in clip space.
const VERTEX = `#version 300 es
uniform vec4 box;      // left, bottom, right, top
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(mix(box.xy, box.zw, corner), 0.0, 1.0);
}`;

// The place in the texture follows from the place on the screen alone: no corner of a piece can shift it.
const GATHER = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D greys;
uniform vec2 first;    // the texel under the lower left corner of the canvas
uniform vec2 stride;   // texels per pixel of the screen
uniform bool exact;    // whether each pixel of the screen is one texel
uniform vec3 lens;     // x, y and radius on the canvas; a radius of 0 is none
out uint kept;
float at(ivec2 place, ivec2 last) { return float(texelFetch(greys, clamp(place, ivec2(0), last), 0).r); }
void main() {
  if (lens.z > 0.0 && distance(gl_FragCoord.xy, lens.xy) > lens.z) discard;
  ivec2 last = textureSize(greys, 0) - 1;
  vec2 texel = first + gl_FragCoord.xy * stride;
  if (exact) {
    kept = floatBitsToUint(at(ivec2(floor(texel)), last));
    return;
  }
  vec2 place = texel - 0.5;
  ivec2 low = ivec2(floor(place));
  vec2 part = place - vec2(low);
  kept = floatBitsToUint(mix(
    mix(at(low, last), at(low + ivec2(1, 0), last), part.x),
    mix(at(low + ivec2(0, 1), last), at(low + ivec2(1, 1), last), part.x), part.y));
}`;

const SHOW = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D gathered;
uniform vec2 tone;     // slope and offset: from a value to black and white, or to a place in the curve
uniform bool curved;
uniform sampler2D curve;
uniform vec2 ends;     // black and the way to white; turned round where the picture is inverted
uniform vec3 lens;     // as above: the circle has a window of its own
out vec4 colour;
void main() {
  if (lens.z > 0.0 && distance(gl_FragCoord.xy, lens.xy) > lens.z) discard;
  uint kept = texelFetch(gathered, ivec2(gl_FragCoord.xy), 0).r;
  float shown = uintBitsToFloat(kept) * tone.x + tone.y;
  if (curved) shown = texture(curve, vec2(shown, 0.5)).r;
  bool isBeside = kept == 0xffffffffu;
  colour = vec4(vec3(isBeside ? 0.0 : ends.x + ends.y * shown), 1.0);
}`;

const UNIFORM = /uniform \w+ (\w+);/g;

/** @typedef {{ program: WebGLProgram, at: Record<string, WebGLUniformLocation | null> }} Program */

/**
 * Build a program; `at` holds the places of its uniforms.
 *
 * @param {WebGL2RenderingContext} gl
 * @param {string} fragment
 * @returns {Program}
 */
function build(gl, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]])) {
    const shader = gl.createShader(kind);
    if (!shader) continue;  // the context is lost, and everything is built anew when it is back
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`The shader was refused: ${gl.getProgramInfoLog(program)}`);
  }
  const names = [...(VERTEX + fragment).matchAll(UNIFORM)].map((found) => found[1]);
  return { program, at: Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(program, name)])) };
}

export const buildGather = (/** @type {WebGL2RenderingContext} */ gl) => build(gl, GATHER);
export const buildShow = (/** @type {WebGL2RenderingContext} */ gl) => build(gl, SHOW);
