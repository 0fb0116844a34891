// The only door to the server. All addresses are relative to the page's own, which holds the token.

export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`api/${path}`, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The review server does not answer. Is the command still running?", 0);
  }
  if (response.ok) return response;
  let message = `The server answered ${response.status}.`;
  try {
    message = (await response.json()).error || message;
  } catch {
    // No JSON: the number has to do.
  }
  throw new ApiError(message, response.status);
}

const query = (reader) => (reader ? `?reader=${encodeURIComponent(reader)}` : "");
const image = (uid) => `images/${encodeURIComponent(uid)}`;

export const getRun = async () => (await ask("run")).json();
export const getVocabulary = async () => (await ask("vocabulary")).json();
export const getWorklist = async (reader) => (await ask(`worklist${query(reader)}`)).json();
export const getImage = async (uid, reader) => (await ask(image(uid) + query(reader))).json();
export const getHistory = async (uid, reader) => (await ask(`${image(uid)}/history${query(reader)}`)).json();
export const thumbnailOf = (uid, reader) => `api/${image(uid)}/thumbnail${query(reader)}`;
export const plainOf = (uid) => `api/${image(uid)}/plain`;
export const overlayOf = (uid, reader) => `api/${image(uid)}/overlay${query(reader)}`;

/** The grey values of one tile; every browser that has WebGL2 runs on little-endian machines. */
export async function getTile(uid, level, row, column, signal) {
  const response = await ask(`${image(uid)}/pixels/${level}/${row}/${column}`, { signal });
  return new Uint16Array(await response.arrayBuffer());
}

/** Write one action of a reader; the answer is the reader's new state. */
export async function postAction(uid, reader, action) {
  const headers = { "Content-Type": "application/json", "X-Mammocalc": "1" };
  const body = JSON.stringify({ reader, action });
  return (await ask(`${image(uid)}/answers`, { method: "POST", headers, body })).json();
}
