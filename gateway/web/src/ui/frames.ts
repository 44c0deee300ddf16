/** Drawing that follows the time: smooth where motion is welcome, and never in a hidden page. */
const STILL_EVERY_MS = 100;

/** Runs at once, then before each frame; ten times a second where reduced motion is wished. */
export function onFrames(run: () => void): () => void {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  run();
  if (still) {
    const timer = setInterval(run, STILL_EVERY_MS);
    return () => clearInterval(timer);
  }
  let frame = requestAnimationFrame(function next() {
    run();
    frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
}

/**
 * Runs once the element is before somebody's eyes: in a visible page, on the screen, and painted.
 * Returns what calls it off.
 */
export function whenSeen(element: Element, run: () => void): () => void {
  let off = false;
  let onScreen = false;
  function look() {
    if (off || !onScreen || document.visibilityState !== 'visible') return;
    // The first frame paints it; by the second one it is there.
    requestAnimationFrame(() => requestAnimationFrame(() => off || done()));
  }
  function done() {
    stop();
    run();
  }
  function stop() {
    off = true;
    observer.disconnect();
    document.removeEventListener('visibilitychange', look);
  }
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? false;
    look();
  });
  observer.observe(element);
  document.addEventListener('visibilitychange', look);
  return stop;
}
