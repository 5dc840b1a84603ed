// Calls of the studio's own routes for its page. A refusal is thrown with its code and details; its message
// comes in the page's language.

export class Refusal extends Error {
  constructor({ code, message, details }) {
    super(message);
    this.code = code;
    this.details = details ?? {};
  }
}

// `visitor/…` is relative: the studio may be served under a prefix.
export const call = async (path, { method = "GET", body, signal, headers = {} } = {}) => {
  const json = body !== undefined && !(body instanceof FormData);
  const response = await fetch(path, {
    method,
    signal,
    body: json ? JSON.stringify(body) : body,
    headers: json ? { "Content-Type": "application/json", ...headers } : headers,
  });
  const answer = response.status === 204 ? {} : await response.json().catch(() => null);
  if (response.ok && answer) return answer.data ?? answer;
  throw new Refusal(answer?.error ?? { code: `HTTP ${response.status}`, message: response.statusText });
};
