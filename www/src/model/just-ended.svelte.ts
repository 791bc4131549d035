// Run and Pause are one button. Who presses it just when a run ends by itself wants to pause, and not to run again.

const MILLISECONDS = 400;

/** The moment after a run has ended by itself. */
export class JustEnded {
  /** Whether it is that moment. */
  isNow: boolean = $state(false);

  /** A run has ended by itself. */
  begin() {
    this.isNow = true;
    setTimeout(() => {
      this.isNow = false;
    }, MILLISECONDS);
  }
}
