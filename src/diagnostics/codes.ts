/** What is registered about a diagnostic code. */
export interface CodeRegistration {
  /** Severity unless the caller states another. */
  readonly severity: 'error' | 'warning' | 'note';
  /** Process exit code when this is the worst problem of a command (style §10). */
  readonly exitCode: 0 | 1 | 3 | 4 | 5 | 64 | 130;
  /** Meaning in one sentence; printed in `docs/diagnostics.md`. */
  readonly meaning: string;
}

const error = (meaning: string, exitCode: CodeRegistration['exitCode'] = 1): CodeRegistration => ({
  severity: 'error',
  exitCode,
  meaning,
});
const warning = (meaning: string): CodeRegistration => ({ severity: 'warning', exitCode: 0, meaning });
const note = (meaning: string): CodeRegistration => ({ severity: 'note', exitCode: 0, meaning });

/**
 * Every diagnostic code, grouped by the level that reports it. A code is never renamed or reused:
 * scripts and tests rely on it. `docs/diagnostics.md` is generated from this table.
 */
export const DIAGNOSTIC_CODES = {
  // model: the declared problem
  'model-unknown-field': error('A field is not part of the problem schema.'),
  'model-missing-field': error('A required field is absent.'),
  'model-wrong-type': error('A field holds a value of the wrong type.'),
  'model-wrong-unit': error('A quantity has no unit, or a unit of another dimension.'),
  'model-out-of-range': error('A quantity lies outside its valid range.'),
  'model-duplicate-id': error('Two objects of one kind share an id.'),
  'model-invalid-id': error('An id cannot be used as a name of Kubernetes objects.'),
  'model-unknown-reference': error('A field names an object that the problem does not declare.'),
  'model-empty': error('The problem declares no workload or no pool.'),
  'model-slo-impossible': error('The limits of an SLO contradict each other or physics.'),
  'model-unknown-value': error('A field holds none of the values it may hold.'),
  'model-conflicting-fields': error('Fields that exclude each other are given together.'),
  'model-unsupported-version': error('The document has a format version this program does not read.'),

  // constructs and stacks
  'stack-not-found': error('The stack file does not exist.'),
  'stack-load-failed': error('The stack could not be loaded: a syntax error or an exception while it ran.'),
  'stack-no-fleet': error('The stack exports no Fleet.'),
  'stack-unsupported-syntax': error('The stack uses TypeScript syntax that type stripping cannot run.'),
  'stack-misplaced': error('A construct stands under a parent that does not take it.'),
  'stack-validation-failed': error('The validation of a construct reported a problem.'),

  // catalog
  'catalog-unknown-accelerator': error('No accelerator of this name is in the catalogue.'),
  'catalog-unknown-instance-type': error('No instance type of this name is in the catalogue.'),
  'catalog-empty-mix': error('No instance type of the catalogue is what a pool of many asks for.'),
  'catalog-mix': note('How many instance types a pool of many offers.'),
  'catalog-unknown-model': error('No model architecture of this name is in the catalogue.'),
  'catalog-unknown-zone': warning('The catalogue does not list this zone for the region.'),
  'catalog-no-price': error('A pool asks for an offering that has no price.'),
  'catalog-estimated-price': note('A price is an estimate, not a quotation.'),
  'catalog-price-old': warning('A price is older than a year.'),
  'catalog-invalid-record': error('A catalogue record is incomplete or contradicts itself.'),
  'catalog-unknown-layout': error('The file has the layout of no known price file.'),
  'catalog-missing-fact': error('An imported file does not say its provider or date, and none was given.'),
  'catalog-row-skipped': warning('A row of an imported file could not be used.'),

  // traffic
  'traffic-unknown-profile': error('No traffic profile of this name is shipped or declared.'),
  'traffic-unknown-format': error('The format of the trace cannot be recognised.'),
  'traffic-broken-line': error('A line of the trace cannot be read.'),
  'traffic-missing-column': error('The trace lacks a column.'),
  'traffic-empty': error('The trace holds no usable request.'),
  'traffic-out-of-order': warning('Arrival times of the trace go backward; requests were sorted.'),
  'traffic-failed-requests': note('Requests without output were left out of the fit.'),
  'traffic-short-trace': warning('The trace holds too few requests for the percentiles asked of it.'),
  'traffic-no-arrival-times': warning('The trace spans no time; its rate and burstiness are assumed.'),
  'traffic-assumed-start': note('The hour of the week at which the trace starts is assumed.'),

  'traffic-too-long': warning(
    'Some requests are longer than the sequences that are served; they would be refused.',
  ),

  // spot
  'spot-trace-layout': error('The file has the layout of no known availability trace.'),
  'spot-trace-row': error('A row of an availability trace cannot be read.'),
  'spot-trace-overlap': error('Two rows of an availability trace tell of the same time.'),
  'spot-trace-empty': error('The file holds no observation of spot capacity.'),
  'spot-trace-gap': warning('An availability trace misses time; it counts as time without capacity.'),
  'spot-price-layout': error('The file has the layout of no known price history.'),
  'spot-price-row': error('A row of a price history cannot be read.'),
  'spot-price-zero': warning('A price history holds prices of 0; they count as no news.'),
  'spot-price-empty': error('The file holds no price.'),
  'spot-trace-unmatched': error('Spot capacity of a plan has no availability trace.', 64),
  'spot-map-unknown': error('A mapping of traces names a trace or an offering that is not there.', 64),
  'spot-plan-none': error('The plan holds no spot capacity that traces could be replayed against.'),
  'spot-plan-role': error(
    'A plan whose prefill and decode replicas are apart is not replayed against traces.',
  ),
  'spot-trace-narrow': warning(
    'A trace can show fewer nodes than the plan holds; the rest counts as refused.',
  ),
  'spot-trace-unused': warning('Availability traces of the stack tell of none of its spot offerings.'),
  'spot-offering-untraced': note(
    'Spot offerings have no availability trace; their band alone tells of their risk.',
  ),
  'spot-price-unused': warning('Price histories of the stack tell of none of its spot offerings.'),
  'spot-replay-short': warning(
    'Replayed traces leave a workload short of replicas for longer than its availability allows.',
  ),
  'spot-trace-column': warning('A column of an availability trace is not known; it was passed over.'),

  // perf
  'perf-no-coefficients': warning('An accelerator has no measured coefficients; scaled ones are used.'),
  'perf-unsupported-precision': error('The accelerator cannot compute at this precision.'),
  'perf-invalid-parallelism': error('The parallel sizes do not divide the model.'),
  'perf-out-of-memory': error('The configuration does not fit the memory of its accelerators.', 4),
  'perf-table-row-invalid': warning('A row of a measured operator table is broken; it was left out.'),
  'perf-table-column-missing': warning('A measured operator table lacks columns; the file was left out.'),
  'perf-table-unreadable': warning('A measured operator table could not be read to its end.'),
  'perf-table-beats-peak': warning(
    'Rows of a measured operator table are faster than the hardware can be; they were left out.',
  ),
  'perf-tables-empty': error('A folder of measured operator tables holds no usable row.'),
  'perf-tables-system': error('A folder of measured operator tables does not say which system to read.'),
  'perf-tables-invalid': error('A file of measured operator tables does not follow its format.'),
  'perf-tables-version': error(
    'A file of measured operator tables has a version this program does not read.',
  ),
  'perf-profile-columns': error('A table of a layer profile lacks its columns or holds no usable row.'),
  'perf-profile-rows': warning('Some rows of a layer profile hold no valid numbers; they are left out.'),
  'perf-service-no-capacity': error('No size of a service can take a single request.', 4),
  'perf-service-slo': error('A service misses its limits on response times even without load.', 4),
  'perf-service-unknown-time': note(
    'Response times leave out a service of which only the number of replicas is known.',
  ),

  // sim
  'sim-not-stationary': warning(
    'Load grew faster than it was served; percentiles mean nothing beyond the run.',
  ),

  // optimize
  'optimize-infeasible': error('No plan meets all constraints.', 4),
  'optimize-no-candidate': error('No configuration of a workload meets its SLO on the pools offered.', 4),
  'optimize-time-limit': warning('The solver stopped at its limit; the plan is feasible with a stated gap.'),
  'optimize-solver-unavailable': error(
    'The chosen solver cannot be loaded or refuses a problem of this size.',
  ),
  'optimize-reassignment-invalid': error('A reassignment problem contradicts itself.'),
  'optimize-reassignment-none': error('No assignment was found that keeps all rules.', 4),
  'optimize-answer-rejected': error('An answer of the solver failed verification.'),

  // accuracy
  'accuracy-empty': error('The measurement file holds no row.'),
  'accuracy-unknown-layout': error('The file has the layout of no known serving benchmark.'),
  'accuracy-missing-column': error('The measurement file does not say something that every row needs.'),
  'accuracy-row-skipped': warning('A row of a measurement file could not be used.'),
  'accuracy-not-predicted': warning('Rows of a measurement file could not be predicted.'),
  'accuracy-calibration-invalid': error('A calibration file does not follow its format.'),
  'accuracy-calibration-version': error('A calibration file has a version this program does not read.'),
  'accuracy-calibration-outdated': warning('A calibration file was fitted on other coefficients than these.'),
  'accuracy-calibration-conflict': error('Two calibration files correct the same deployment.'),
  'accuracy-nothing-scored': error('No row of the measurement file could be predicted and compared.'),
  'accuracy-no-gain': warning(
    'A correction does not lower the error of rows it has not seen; it was left out.',
  ),
  'accuracy-few-rows': warning('A correction rests on so few rows that it stays close to none.'),

  // plan
  'plan-not-found': error('The plan file does not exist.'),
  'plan-invalid': error('The plan file does not follow its schema.'),
  'plan-unsupported-version': error('The plan was written in a format this program does not read.'),
  'plan-stale': error('Inputs of the plan have changed since it was made.', 5),
  'plan-unknown-workload': error('The plan holds no workload of this id.'),
  'plan-write-failed': error('The plan could not be written; earlier files were left whole.'),

  // policy
  'policy-violation': error('A mandatory rule is violated.', 3),
  'policy-advice': warning('An advisory rule is violated.'),
  'policy-waived': note('A violated rule is waived.'),
  'policy-remediated': note('A rule changed a manifest so that it conforms.'),
  'policy-waiver-expired': warning('A waiver has expired and no longer counts.'),
  'policy-waiver-unused': warning('A waiver matches no violation.'),
  'policy-invalid-rule': error('A rule cannot be loaded.'),
  'policy-evaluation-failed': error('A rule failed while it was evaluated.'),
  'policy-not-exportable': warning('A rule cannot be enforced by a cluster; it is judged offline alone.'),
  'policy-export-limited': note('An exported policy does less than its rule does offline.'),
  'policy-test-failed': error('An example of a rule gives something else than it says.'),
  'policy-unknown-name': error(
    'A policy sets the level of a rule, or a parameter, that its pack does not have.',
  ),
  'policy-unknown-pack': error('No policy pack of this name is shipped or at this path.'),

  // synth
  'synth-invalid-name': error('An object name breaks the rules of Kubernetes.'),
  'synth-name-collision': error('Two objects would get the same name.'),
  'synth-unknown-profile': error('No target profile of this name exists.'),
  'synth-unsupported': error('The target profile cannot express this decision.'),

  // apply: into a cluster
  'apply-no-kubeconfig': error('No kubeconfig says which cluster is meant.'),
  'apply-kubeconfig-invalid': error('The kubeconfig cannot be used.'),
  'apply-unknown-context': error('The kubeconfig has no such context.'),
  'apply-unreachable': error('The cluster cannot be reached, or refuses requests for a while.'),
  'apply-unauthorized': error('The cluster does not accept the credentials.'),
  'apply-forbidden': error('The cluster forbids a request.'),
  'apply-refused': error('The cluster could not do what was asked.'),
  'apply-missing-permission': error('The user lacks permissions that the command needs.'),
  'apply-missing-kind': error('The cluster does not serve a kind that the plan has objects of.'),
  'apply-namespace-terminating': error('A namespace of the plan is being deleted.'),
  'apply-namespace-kept': warning('A namespace of the plan was there before; it is used and left as it is.'),
  'apply-name-taken': error('An object of the plan has the name of one that somebody else made.'),
  'apply-field-conflict': error('Fields of the plan are owned by another manager.'),
  'apply-invalid-object': error('The cluster does not accept an object.'),
  'apply-denied': error('A policy of the cluster denies an object.'),
  'apply-live-changed': error('Objects were changed in the cluster since they were applied.', 5),
  'apply-plan-edited': error('Manifests of the plan are missing or were edited after it was written.', 5),
  'apply-not-ready': error('Objects did not become ready.'),
  'apply-stopped': error('Applying stopped before its end; applying again goes on from there.'),
  'apply-concurrent': error('Another run is applying to the same set.'),
  'apply-unchecked': note('Objects could not be checked by the server before they are written.'),
  'apply-prune-kept': note('Objects that the plan no longer has were left in the cluster.'),
  'apply-drain-first': note('Old pods go before new ones come, because there is no room for both.'),
  'apply-no-room': error('There is no room for new pods that the disruption budget could make.'),
  'apply-unconfirmed': error('Nobody confirmed the changes.'),

  // drift: measurements beside the cluster
  'apply-drift-profile': note('A plan is compared as it was applied last, for another target profile.'),
  'apply-drift-nothing': error('Neither a cluster nor measurements are named to hold against a plan.', 64),
  'apply-metrics-address': error('The address of a source of measurements cannot be used.', 64),
  'apply-metrics-token': error('The token for a source of measurements cannot be read.'),
  'apply-metrics-plain': warning('Credentials for a source of measurements are sent without encryption.'),
  'apply-metrics-unreachable': error(
    'A source of measurements cannot be reached, or does not answer as it should.',
  ),
  'apply-metrics-empty': warning('A source of measurements knows nothing of a workload of the plan.'),
  'apply-opencost-layout': error('The costs have the layout of no OpenCost export.'),

  // importers
  'import-too-large': error('A file is too large to be imported, or there are too many of them.'),
  'import-no-workload': error('The manifests hold no Deployment or StatefulSet.'),
  'import-object-invalid': warning('An object of a manifest cannot be understood; it was left out.'),
  'import-duplicate': warning('Two manifests describe the same object; the later one counts.'),
  'import-not-carried': warning('Something that a manifest says has no place in a stack; it was left out.'),
  'import-kinds-ignored': note('Kinds of objects that planning does not need were passed over.'),
  'import-node-left-out': note('Nodes were left out of the pools.'),
  'import-unknown-hardware': warning(
    'The catalogue lacks the type or the price of a node; it was described in the stack.',
  ),
  'import-unknown-model': warning('A served model is not in the catalogue.'),
  'import-assumed-traffic': warning('The traffic or the SLO of a language model is assumed.'),
  'import-engine-facts': note('How a language model runs now; a plan decides that anew.'),
  'import-usage': note('What pods use differs much from what they ask for.'),
  'import-not-readable': warning('Some kinds of objects could not be read from the cluster.'),
  'import-assumed-request': warning(
    'A container asks for no CPU or no memory; the stated default was assumed.',
  ),
  'import-series-layout': error('A file has the layout of no known series of measurements.'),
  'import-clocks-apart': error('Series of one measurement share no time.'),
  'import-no-measurement': error('The series hold no usable time.'),
  'import-moments-skipped': note('Moments of a measurement could not be used.'),
  'import-weak-fit': warning('A fit explains little of what was measured.'),

  // pod packing: the dump of a cluster
  'pack-not-a-dump': error('The file is no list of Kubernetes nodes and pods.'),
  'pack-no-nodes': error('The dump holds no node.'),
  'pack-invalid-object': error('A node or pod of the dump cannot be understood.'),
  'pack-duplicate': error('Two nodes, or two pods of one namespace, share a name.'),
  'pack-unknown-node': error('A pod runs on a node that the dump does not hold.'),
  'pack-pod-too-large': warning('A pod asks for more than any node it may run on has, even empty.'),
  'pack-contradictory-rules': warning('The rules of a pod exclude every node.'),
  'pack-overcommitted': warning('The pods of a node ask for more than it has; they are left as they are.'),
  'pack-one-namespace': warning('The dump holds the pods of a single namespace.'),

  // costs: statements, FOCUS files, actuals
  'cost-focus-layout': error('The file is no CSV.'),
  'cost-focus-empty': error('The FOCUS file holds no row.'),
  'cost-focus-column': error('The FOCUS file lacks a column that the comparison needs.'),
  'cost-focus-value': error('A cell of the FOCUS file cannot be read.'),
  'cost-focus-currency': error(
    'The FOCUS file has more than one currency, or another one than the statement.',
  ),
  'cost-actuals-unmatched': warning('Charges of the actuals belong to no workload of the plan.'),
  'cost-actuals-foreign': error('Nothing of the actuals belongs to the plan.'),
  'cost-currency': error('The currency of a statement, or its rate, cannot be used.', 64),

  // engine and command line
  'engine-file-not-found': error('A file does not exist.'),
  'engine-file-unreadable': error('A file cannot be read.'),
  'engine-file-invalid': error('A file is not valid YAML or JSON.'),
  'engine-resume-invalid': error('The file to resume from is no file of measurements.'),
  'engine-resume-version': error('The file to resume from has a format version this program does not read.'),
  'engine-resume-damaged': warning(
    'Lines of the file to resume from cannot be read; what they held is measured again.',
  ),
  'engine-resume-unwritable': error('The file that keeps measurements cannot be written.'),
  'engine-whatif-syntax': error('A change of a what-if question cannot be read, or there is none.', 64),
  'engine-whatif-path': error('A change of a what-if question names no field of the problem.', 64),
  'engine-whatif-value': error('A change of a what-if question does not fit its field.', 64),
  'engine-whatif-failed': warning('A variant of a what-if question could not be planned; the others stand.'),
  'engine-whatif-stale': warning(
    'The stack is not what its plan was made from; the question is answered for the stack as it is.',
  ),
  'engine-usage': error('The command line is wrong.', 64),
  'engine-interrupted': error('The command was interrupted.', 130),
  'engine-bug': error('An unexpected exception: a bug in this program.'),
} as const satisfies Record<string, CodeRegistration>;

/** A registered diagnostic code. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
