// The cloud's endpoints for this page.

/** A refusal by the cloud, or a cloud that cannot be reached; the message is for people. */
export class ApiError extends Error {
  constructor(message, { refused = false } = {}) {
    super(message);
    this.refused = refused;
  }
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(`/console/${path}`, { cache: "no-store", ...options });
  } catch {
    throw new ApiError("The local cloud cannot be reached. Is it still running?");
  }
  let body = {};
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new ApiError("The local cloud gave an answer that is not JSON.");
  }
  if (!response.ok) {
    throw new ApiError(body.error || `The local cloud answered ${response.status}.`, { refused: true });
  }
  return body;
}

/** The cloud as it is now. */
export function readState() {
  return request("state");
}

/** Change something: behave, load, traffic or fault. Answers with the cloud as it is then. */
export function post(path, body) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Cloud-Console": "1" },
    body: JSON.stringify(body),
  });
}
