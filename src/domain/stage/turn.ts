/** The Promotion whose turn it is at a Stage. */
export interface StageTurn {
  /** Name of the Promotion, in the Stage's namespace. */
  readonly promotion: string;
  /** When it was given, in milliseconds since the epoch. */
  readonly sinceMs: number;
}
