// The workspace's endpoints. Every request is made on behalf of the person acted as.

let actor = null;

/** A refusal by the workspace, or a workspace that cannot be reached; the message is for people. */
export class ApiError extends Error {
  constructor(message, { refused = false } = {}) {
    super(message);
    this.refused = refused;
  }
}

/** Whom the page acts as from now on. */
export function actAs(user) {
  actor = user;
}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new ApiError("The workspace cannot be reached. Is it still running?");
  }
  let body = {};
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new ApiError("The workspace gave an answer that is not JSON.");
  }
  if (!response.ok) {
    throw new ApiError(body.error || `The workspace answered ${response.status}.`, { refused: true });
  }
  return body;
}

function query(params) {
  const given = Object.entries({ as: actor, ...params }).filter(([, value]) => value);
  const text = new URLSearchParams(given).toString();
  return text ? `?${text}` : "";
}

/** Read one of the `/ui/…` resources. */
export function get(path, params = {}) {
  return request(`/ui/${path}${query(params)}`);
}

/** Do something as the person acted as. */
export function post(path, body = {}) {
  return request(`/ui/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Workspace": "1" },
    body: JSON.stringify({ as: actor, ...body }),
  });
}

/**
 * The changes of the workspace. `opened` is called on every connection, also after a loss: what
 * happened in between has to be read anew. Returns a function that ends it.
 */
export function stream({ opened, lost, received }) {
  let source = null;
  let retry = 0;
  let over = false;
  const connect = () => {
    source = new EventSource(`/ui/events${query({})}`);
    source.addEventListener("open", opened);
    source.addEventListener("message", (event) => received(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      lost();
      // The browser gives up for good on an error answer (a workspace that is starting up).
      if (source.readyState === EventSource.CLOSED && !over) retry = setTimeout(connect, 1000);
    });
  };
  connect();
  return () => {
    over = true;
    clearTimeout(retry);
    source.close();
  };
}
