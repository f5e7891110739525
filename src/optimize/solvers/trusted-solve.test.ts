import { describe, expect, it } from 'vitest';
import {
  DEFAULT_LIMITS,
  HighsAdapter,
  JavascriptLpSolverAdapter,
  ProgramBuilder,
  checkAnswer,
  noSolution,
  solveTrusted,
} from './index.ts';
import type { IntegerProgram, SolverAdapter, SolverAnswer } from './index.ts';

/** Minimise 2x + 3y with x + y ≥ 3.5 over whole x, y in 0..5: the optimum is x = 4, cost 8. */
function program(): IntegerProgram {
  const builder = new ProgramBuilder('two');
  const x = builder.count('x', 5, 2);
  const y = builder.count('y', 5, 3);
  builder.row('need', { lower: 3.5 }, [
    [x, 1],
    [y, 1],
  ]);
  return builder.build();
}

function lying(answer: SolverAnswer, provesInfeasibility = false): SolverAdapter {
  return { name: 'javascript-lp-solver', provesInfeasibility, solve: () => Promise.resolve(answer) };
}

function claim(values: readonly number[], objective: number, bound = objective): SolverAnswer {
  return { status: 'optimal', values, objective, bound, detail: '' };
}

describe('checkAnswer', () => {
  it.each([
    ['a fractional value', [3.5, 0], 'not whole'],
    ['a broken row', [3, 0], 'row need'],
    ['a value beyond its bound', [6, 0], 'outside'],
    ['a missing value', [4], 'other columns'],
    ['a value that is no number', [NaN, 4], 'not a number'],
  ])('refuses %s', (_what, values, reason) => {
    const check = checkAnswer(program(), claim(values, 8));
    expect(check).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('refuses a bound above the objective', () => {
    expect(checkAnswer(program(), claim([4, 0], 8, 9)).ok).toBe(false);
  });

  it('recomputes the objective instead of believing it', () => {
    expect(checkAnswer(program(), claim([4, 0], -100))).toMatchObject({ ok: true, objective: 8 });
  });
});

describe('solveTrusted', () => {
  it('falls back to the next solver when an answer fails the check', async () => {
    const answer = await solveTrusted(program(), DEFAULT_LIMITS, [
      lying(claim([3.5, 0], 7)),
      new HighsAdapter(),
    ]);
    expect(answer).toMatchObject({ status: 'optimal', solver: 'highs', objective: 8 });
  });

  it('reports a rejected answer when no solver gives a good one', async () => {
    const answer = await solveTrusted(program(), DEFAULT_LIMITS, [lying(claim([0, 0], 0))]);
    expect(answer.status).toBe('rejected');
  });

  it('asks for a second opinion when a solver that cannot prove it says infeasible', async () => {
    const answer = await solveTrusted(program(), DEFAULT_LIMITS, [
      lying(noSolution('infeasible', '')),
      new HighsAdapter(),
    ]);
    expect(answer).toMatchObject({ status: 'optimal', objective: 8 });
  });

  it('says so when infeasibility stays unproven', async () => {
    const answer = await solveTrusted(program(), DEFAULT_LIMITS, [lying(noSolution('infeasible', ''))]);
    expect(answer).toMatchObject({ status: 'infeasible', isProven: false });
  });

  it('tells limits from refusals of wrong answers', async () => {
    const answer = await solveTrusted(program(), DEFAULT_LIMITS, [lying(noSolution('limit', 'time'))]);
    expect(answer).toMatchObject({ status: 'limit', attempts: ['javascript-lp-solver: time'] });
  });

  it('sends a program too large for the small solver to the other one', async () => {
    const builder = new ProgramBuilder('large');
    for (let j = 0; j < 500; j++) builder.count(`x${j}`, 3, 1);
    builder.row('need', { lower: 7 }, [
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    const answer = await solveTrusted(builder.build(), DEFAULT_LIMITS, [
      new JavascriptLpSolverAdapter(),
      new HighsAdapter(),
    ]);
    expect(answer).toMatchObject({ solver: 'highs', objective: 7 });
  });
});
