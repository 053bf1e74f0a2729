/** Does something at most once at a time: what is asked for while it is being done is done once more, after a pause. */
export class Turns {
  private running = false;
  private again = false;

  constructor(
    private readonly act: () => Promise<unknown>,
    private readonly pauseMs: number,
  ) {}

  ask(): void {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    void this.run();
  }

  private async run(): Promise<void> {
    await this.act().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    this.running = false;
    if (!this.again) return;
    this.again = false;
    this.ask();
  }
}
