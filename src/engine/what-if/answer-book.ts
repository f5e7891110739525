import type { BenchAnswer } from '../../optimize/index.ts';

/** What whoever needs an answer is told: the answer, that it is theirs to measure, or that another measures it now. */
export type Claim =
  | { readonly kind: 'known'; readonly answer: BenchAnswer }
  | { readonly kind: 'yours' }
  | { readonly kind: 'taken' };

/** Answers that several crews share. Keys are those of `answerKeys` over what answers depend on. */
export interface SharedAnswers {
  /** The answer, or whose it is to measure. Whoever is told `yours` gives it, or gives it up. */
  claim(key: string): Promise<Claim>;
  /** Waits for another's answer; `yours` where that one gave it up. */
  wait(key: string): Promise<Claim>;
  give(key: string, answer: BenchAnswer): void;
  giveUp(key: string): void;
}

/** Answers kept elsewhere, in a file say. */
export interface AnswerStore {
  find(key: string): BenchAnswer | undefined;
  add(key: string, answer: BenchAnswer): void;
}

/** The answers of one question, measured once each, whoever asks first. */
export class AnswerBook implements SharedAnswers {
  readonly #known = new Map<string, BenchAnswer>();
  /** Those who wait for an answer that is being measured. */
  readonly #measured = new Map<string, ((claim: Claim) => void)[]>();
  readonly #store: AnswerStore | undefined;
  /** Answers handed out again, and answers measured. */
  shared = 0;
  measured = 0;

  constructor(store?: AnswerStore) {
    this.#store = store;
  }

  claim(key: string): Promise<Claim> {
    const answer = this.#find(key);
    if (answer !== undefined) return Promise.resolve({ kind: 'known', answer });
    if (this.#measured.has(key)) return Promise.resolve({ kind: 'taken' });
    this.#measured.set(key, []);
    return Promise.resolve({ kind: 'yours' });
  }

  wait(key: string): Promise<Claim> {
    const waiting = this.#measured.get(key);
    if (waiting === undefined || this.#known.has(key)) return this.claim(key);
    return new Promise((resolve) => waiting.push(resolve));
  }

  give(key: string, answer: BenchAnswer): void {
    this.#known.set(key, answer);
    this.#store?.add(key, answer);
    this.measured++;
    const waiting = this.#measured.get(key) ?? [];
    this.#measured.delete(key);
    this.shared += waiting.length;
    for (const resolve of waiting) resolve({ kind: 'known', answer });
  }

  /** The first of those who wait measures instead. */
  giveUp(key: string): void {
    const [next, ...others] = this.#measured.get(key) ?? [];
    if (next === undefined) this.#measured.delete(key);
    else {
      this.#measured.set(key, others);
      next({ kind: 'yours' });
    }
  }

  #find(key: string): BenchAnswer | undefined {
    const answer = this.#known.get(key) ?? this.#store?.find(key);
    if (answer === undefined) return undefined;
    this.#known.set(key, answer);
    this.shared++;
    return answer;
  }
}
