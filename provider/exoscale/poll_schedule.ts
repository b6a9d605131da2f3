/**
 * When to look at pending operations.
 *
 * An operation of a kind of which nothing is known is looked at with growing pauses. Others of the kind that are pending
 * at the same time are looked at in turn, so that together they soon show how long such an operation takes. The first
 * one that ends tells the others, and all that begin later.
 *
 * An operation of a known kind is first looked at a little before the others ended, and then every few per cent of its
 * age. All ages and pauses are in milliseconds.
 */

/** Age at the first look if nothing is known, after one at once. */
const FIRST_AGE = 200;
/** By how much the age grows from look to look at one operation. */
const GROWTH = 1.65;
/** By how much at least it grows from look to look at any of the pending operations of a kind: a factor, and a sum. */
const GROWTH_TOGETHER = 1.1;
const PAUSE_TOGETHER = 100;
const LONGEST_PAUSE = 5_000;

/** The pause between looks at an operation of a known kind, as a share of its age. */
const STEP = 0.045;
const SHORTEST_PAUSE = 30;
const SHORT_STEP = 80;
/** By how much the pauses grow, after some looks, where an operation takes longer than those before. */
const STEP_GROWTH = 1.15;
const EQUAL_STEPS = 6;
/**
 * From which age on, and up to which share of the age at which the others ended, an operation of a known kind is looked
 * at now and then: it may take much less time, or fail.
 */
const EARLY_AGE = 5_000;
const EARLY_SHARE = 0.8;
/** Which share of the looks in vain is left out the next time: another operation may take less time. */
const CAUTION = 0.125;

/** What the operations of an API have shown, by kind. It may outlive the API object. */
export class PollSchedules {
  readonly #kinds = new Map<string, Kind>();

  /** Begins to follow an operation. @param kind such as `POST /instance` */
  follow(kind: string): FollowedOperation {
    const known = this.#kinds.get(kind) ?? new Kind();
    this.#kinds.set(kind, known);
    return new FollowedOperation(known);
  }
}

/** What is known of the operations of one kind. */
class Kind {
  readonly pending = new Set<FollowedOperation>();
  /** The age at which an operation is first looked at; undefined until one has ended. */
  firstLook: number | undefined;
  /** The greatest age at which one of those that are pending was looked at. */
  pendingAt = 0;
  /** The age at which the last of them that took a turn is looked at, while nothing else is known. */
  #turn = 0;
  /** How many in a row had ended when they were first looked at. */
  #early = 0;

  /** The age at which the next of the pending operations is looked at, if that is after `age`. */
  takeTurn(age: number): number {
    const growth = Math.max(GROWTH_TOGETHER, GROWTH ** (1 / this.pending.size));
    const last = Math.max(this.#turn, age);
    this.#turn = this.#turn < FIRST_AGE ? FIRST_AGE : Math.max(last * growth, last + PAUSE_TOGETHER);
    return this.#turn;
  }

  leave(operation: FollowedOperation): void {
    this.pending.delete(operation);
    if (this.pending.size === 0) this.#turn = this.pendingAt = 0;
  }

  wasPending(age: number): void {
    this.pendingAt = Math.max(this.pendingAt, age);
  }

  learnFirst(age: number): void {
    this.firstLook = Math.min(this.pendingAt, age);
    for (const operation of this.pending) operation.wake();
  }

  /** It had ended at its first look, perhaps long before, so the next one is looked at earlier: each time by more. */
  learnEarlier(age: number): void {
    const share = Math.min(0.5, STEP * 2 ** this.#early++);
    this.firstLook = Math.min(this.firstLook ?? age, age) * (1 - share);
  }

  /** It took much less time than those before: all is as after the first one. @param lastPending when it was pending */
  learnMuchEarlier(lastPending: number): void {
    this.#early = 0;
    this.firstLook = lastPending;
    for (const operation of this.pending) operation.wake();
  }

  /** The looks before the last one in vain were not needed. */
  learnLater(lastPending: number): void {
    this.#early = 0;
    const before = this.firstLook ?? lastPending;
    const share = lastPending > 1.5 * before ? 0.5 : CAUTION;
    this.firstLook = before + (lastPending - before) * share;
  }
}

/** An operation that is waited for. */
export class FollowedOperation {
  /** Called when another operation has shown that it is time to look. */
  wake: () => void = () => undefined;
  readonly #kind: Kind;
  readonly #isAlone: boolean;
  /** What was known when it began. Of operations that begin together, only the first one that ends teaches anything. */
  readonly #known: number | undefined;
  #looks = 0;
  #looksWhileKnown = 0;
  #lastPending = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#isAlone = kind.pending.size === 0;
    this.#known = kind.firstLook;
    kind.pending.add(this);
  }

  /** How long to wait until the next look. @param age of the operation now */
  pauseAt(age: number): number {
    const { firstLook } = this.#kind;
    const due = firstLook === undefined ? this.#dueUnknown(age) : this.#dueKnown(age, firstLook);
    return Math.max(0, due - age);
  }

  /** To be called after a look that found it pending. */
  wasPending(age: number): void {
    this.#looks += 1;
    this.#lastPending = age;
    this.#kind.wasPending(age);
    if (age >= (this.#kind.firstLook ?? Number.POSITIVE_INFINITY)) this.#looksWhileKnown += 1;
  }

  /** To be called once, when nobody waits for it any more. @param age if it has succeeded; undefined otherwise */
  end(age?: number): void {
    if (age !== undefined && this.#kind.firstLook === this.#known) this.#teach(age);
    this.#kind.leave(this);
  }

  #teach(age: number): void {
    if (this.#known === undefined) this.#kind.learnFirst(age);
    else if (age < this.#known) this.#kind.learnMuchEarlier(this.#lastPending);
    else if (this.#looksWhileKnown === 0) this.#kind.learnEarlier(age);
    else this.#kind.learnLater(this.#lastPending);
  }

  #dueUnknown(age: number): number {
    if (this.#looks === 0 && this.#isAlone) return age;
    return Math.min(this.#kind.takeTurn(age), age + LONGEST_PAUSE);
  }

  #dueKnown(age: number, firstLook: number): number {
    if (age < firstLook || this.#looksWhileKnown === 0) {
      // Another one that was just looked at was too young then, so this one may be too.
      const later = this.#kind.pendingAt >= firstLook ? firstLook * (1 + STEP) : firstLook;
      // This one may take much less time than those before, or fail.
      const early = Math.max(EARLY_AGE, age * GROWTH);
      return Math.max(age, early < firstLook * EARLY_SHARE ? early : later);
    }
    const growth = STEP_GROWTH ** Math.max(0, this.#looksWhileKnown - EQUAL_STEPS);
    const shortest = Math.min(SHORT_STEP, Math.max(SHORTEST_PAUSE, age / 4));
    return age + Math.min(Math.max(shortest, age * STEP) * growth, LONGEST_PAUSE);
  }
}
