/** Something that the user asked the server to do: under way or not, and why it failed. */
import { asApiError, type ApiError } from './client';

export class Submission {
  busy = $state(false);
  problem = $state.raw<ApiError | null>(null);

  async run(act: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await act();
    } catch (error) {
      this.problem = asApiError(error);
    }
    this.busy = false;
  }
}
