/** Rules of the step engine by topic, as the reference page tells them. */
export const engineRules: readonly { readonly title: string; readonly rules: readonly string[] }[] = [
  {
    title: 'Order',
    rules: [
      'A Stage runs one Promotion at a time, the oldest first; it names it in `status.currentPromotion`. The others wait with a reason.',
      'The steps of a Promotion are fixed when it is created: admission copies them from the Stage, puts the steps of tasks in, and gives every step an alias (`as`): its own, `step-N`, or `task::step` within a task.',
      'Steps run one after the other in the order of the manifest. Variables and configuration are evaluated anew for every step and every attempt.',
      'At the start the Freight must exist and be available to the Stage; otherwise the Promotion ends as Errored. The set of Freight is fixed then: what is promoted, and what the Stage runs of other Warehouses.',
    ],
  },
  {
    title: 'Which steps run',
    rules: [
      'A step without `if` runs unless an earlier step has Failed or Errored. Steps with `continueOnError` do not count.',
      'A step with `if` runs when the expression gives true, whatever happened before: `${{ always() }}`, `${{ failure() }}`. Any other value than a boolean ends the step as Errored.',
      'A step that has begun is not asked again. A step that does not run is Skipped; a step may also end as Skipped by itself, when there is nothing to do.',
      'A step kind that does not exist ends as Errored; the steps after it follow the rules above.',
    ],
  },
  {
    title: 'How a step ends',
    rules: [
      'Succeeded or Skipped: its output is kept under its alias in `status.state`. `compose-output` within a task also gives its output to the task.',
      'Failed: the step has done its work and the answer is no. Errored: it could not do its work.',
      'An error that another attempt cannot remove ends it at once. Any other is counted in `errorCount`; the step ends when as many as `retry.errorThreshold` have come, and is tried again with growing pauses until then. A wait in between does not reset the count. For the first fifteen seconds of a step that speaks to the network, a connection that breaks is waited for instead of being counted.',
      'A step that is not done after `retry.timeout` ends as Errored, with what it was waiting for in the message. The time counts from its first attempt and is looked at after each attempt, so that one attempt may exceed it.',
      'Data that an expression reads and that cannot be read now (a Kubernetes API that is away) is not an error of the step: it is read again later and counts for nothing.',
    ],
  },
  {
    title: 'How a promotion ends',
    rules: [
      'When no step is left, with the worst end of its steps: Succeeded and Skipped, then Aborted, Failed, Errored. Steps with `continueOnError` do not count. The message is that of the first of the worst steps.',
      'A Promotion that has ended never runs again; promoting the same Freight makes another one.',
      'Health checks that its steps leave are the Stage’s from then on.',
    ],
  },
  {
    title: 'Waiting',
    rules: [
      'A step that waits ends the pass and holds no work directory and no thread. Its message names what it waits for.',
      'It is looked at again when what it waits for says that it has changed (an Application of Argo CD), after the step’s `pollInterval` where it has one, or after a tenth of the time waited so far, between one second and thirty. Every five minutes all are looked at. All promotions together look at the pull requests of one git host at most twice a second, after a burst of sixty.',
      'A wait never outlasts the timeout of the step.',
    ],
  },
  {
    title: 'The journal',
    rules: [
      'What must survive a restart is in one key of the status, `status.state[gantry.io/journal]`, at most 64 KiB. It holds no secret, and expressions do not see it.',
      'It keeps, per step: what was resolved (commit ids, digests), a hash of the evaluated configuration, which texts of the output stand for themselves, and the claim of a step that acts outside.',
      'A step that acts outside (a push, a pull request) writes its claim before it acts. After a crash it first looks for its own effect and adopts it: nothing is done twice.',
      'A step that cannot find out whether it acted (a request without an idempotency key) is not repeated when it was interrupted after its claim and before its answer: it ends as Errored (`step.effect-unknown`), with what to check in the message. `repeatable: true` in its configuration says that acting twice does no harm; then it is tried again. An answer that says no is an answer: it counts as any other error.',
      'After a restart, or on another replica, the work directory is made again when a step needs it: steps with the effects local and fetch run again with what was resolved then. A configuration that evaluates differently now ends the step, with a sentence that says so; it is never guessed.',
      '`now()` in a configuration is the time when the step began, so that a replay sees the same.',
    ],
  },
  {
    title: 'Aborting and deleting',
    rules: [
      'The annotation `kargo.akuity.io/abort` with the action `terminate` ends a Promotion as Aborted at any moment, also one that waits for its turn. The step that is running is interrupted within seconds.',
      'What has been done outside stays: a pushed commit, an opened pull request.',
      'Deleting a Promotion interrupts it likewise. Gantry adds no finalizer and removes the one that Kargo left.',
    ],
  },
];
