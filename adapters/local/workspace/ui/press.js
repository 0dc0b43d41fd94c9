// A press goes down and up on one and the same node: what is drawn anew in between is not pressed.

/**
 * Call `hold` with what to wait for whenever something is pressed: a promise that ends with the
 * press, once whatever it does has begun.
 */
export function holdWhilePressed(hold) {
  let release = null;
  let ending = 0;
  const down = () => {
    clearTimeout(ending);
    if (!release) hold(new Promise((resolve) => (release = resolve)));
  };
  const up = () => {
    clearTimeout(ending);
    ending = setTimeout(() => {
      release?.();
      release = null;
    }); // the click comes right after it
  };
  window.addEventListener("pointerdown", down, true);
  for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, up, true);
  window.addEventListener("blur", up); // of the window: one that lost the pointer hears no more of it
}
