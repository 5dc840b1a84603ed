// Calls of the studio's own routes for its page. A refusal is thrown with its code and details; its message
// comes in the page's language.

/** @typedef {import("./types.d.ts").ErrorBody} ErrorBody */

export class Refusal extends Error {
  /** @param {ErrorBody} body */
  constructor({ code, message, details }) {
    super(message);
    this.code = code;
    this.details = details ?? {};
  }
}

/** The sentence to show for whatever was thrown. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * `visitor/…` is relative: the studio may be served under a prefix.
 *
 * @param {string} path
 * @param {{ method?: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string> }} [options]
 * @returns {Promise<any>} the route's `data`, which its caller knows
 */
export const call = async (path, { method = "GET", body, signal, headers = {} } = {}) => {
  const isForm = body instanceof FormData;
  const isJson = body !== undefined && !isForm;
  const response = await fetch(path, {
    method,
    signal,
    body: isForm ? body : isJson ? JSON.stringify(body) : undefined,
    headers: isJson ? { "Content-Type": "application/json", ...headers } : headers,
  });
  const answer = response.status === 204 ? {} : await response.json().catch(() => null);
  if (response.ok && answer) return answer.data ?? answer;
  throw new Refusal(answer?.error ?? { code: `HTTP ${response.status}`, message: response.statusText });
};
