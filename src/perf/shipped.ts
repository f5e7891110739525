import a100 from './coefficients/a100-80gb-sxm.json' with { type: 'json' };
import b200 from './coefficients/b200.json' with { type: 'json' };
import b300 from './coefficients/b300.json' with { type: 'json' };
import b60 from './coefficients/b60.json' with { type: 'json' };
import engines from './coefficients/engines.json' with { type: 'json' };
import gb200 from './coefficients/gb200.json' with { type: 'json' };
import gb300 from './coefficients/gb300.json' with { type: 'json' };
import h100 from './coefficients/h100-sxm.json' with { type: 'json' };
import h200 from './coefficients/h200-sxm.json' with { type: 'json' };
import l40s from './coefficients/l40s.json' with { type: 'json' };
import rtxPro6000 from './coefficients/rtx-pro-6000.json' with { type: 'json' };
import type { AcceleratorCoefficients, ErrorBands, OperatorCoefficients } from './coefficients.ts';
import type { EngineOverheads } from './engine-overheads.ts';

const SHIPPED: OperatorCoefficients = {
  accelerators: [
    a100,
    b200,
    b300,
    b60,
    gb200,
    gb300,
    h100,
    h200,
    l40s,
    rtxPro6000,
  ] as unknown as readonly AcceleratorCoefficients[],
  engines: engines.engines as readonly EngineOverheads[],
  errorBands: engines.errorBands as ErrorBands,
};

/** The coefficients fitted by `calibrate:operators` and shipped with the program; always the same value. */
export function shippedCoefficients(): OperatorCoefficients {
  return SHIPPED;
}
