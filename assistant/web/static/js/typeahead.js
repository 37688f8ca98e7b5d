// Suggestions while typing: the newest words win and nothing queues.
//
// One request is under way at most and one, the newest, waits. An answer is shown only while its number is still the
// newest. A stale request is let run for PATIENCE, because giving it up does not stop the server working on it and
// starting another on every key would pile work up there; one that hangs longer is aborted.

export const DEBOUNCE = 40;
export const PATIENCE = 1000;

export class TypeAhead {
  /**
   * @param {(request: object, signal: AbortSignal) => Promise<object>} fetcher
   * @param {{onAnswer: Function, onError: Function, onWait: Function}} events
   */
  constructor(fetcher, events) {
    this.fetcher = fetcher;
    this.events = events;
    this.newest = 0;
    this.waiting = null;
    this.running = null;
    this.timer = 0;
  }

  /** Ask soon; whatever was asked before is stale from now on. */
  ask(request, { now = false } = {}) {
    this.newest += 1;
    const turn = { number: this.newest, request };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#queue(turn), now ? 0 : DEBOUNCE);
  }

  /** Forget everything that was asked. */
  cancel() {
    this.newest += 1;
    this.waiting = null;
    clearTimeout(this.timer);
    this.#giveUpLater();
  }

  #queue(turn) {
    this.waiting = turn;
    if (this.running === null) this.#next();
    else this.#giveUpLater();
  }

  #giveUpLater() {
    const running = this.running;
    if (running === null || running.leaving) return;
    const left = Math.max(0, PATIENCE - (performance.now() - running.started));
    running.leaving = setTimeout(() => running.controller.abort(), left);
  }

  async #next() {
    const turn = this.waiting;
    this.waiting = null;
    if (turn === null) return;
    const running = { controller: new AbortController(), started: performance.now(), leaving: 0 };
    this.running = running;
    this.events.onWait();
    try {
      const answer = await this.fetcher(turn.request, running.controller.signal);
      if (turn.number === this.newest) this.events.onAnswer(answer, turn.request);
    } catch (error) {
      if (turn.number === this.newest) this.events.onError(error, turn.request);
    } finally {
      clearTimeout(running.leaving);
      this.running = null;
      this.#next();
    }
  }
}
