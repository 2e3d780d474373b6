import { expect } from 'vitest';
import type { Call } from './client.ts';
import type { Row } from './rows.ts';

const jobs = '/apis/batch/v1/namespaces/$NS/jobs';
const pods = '/api/v1/namespaces/$NS/pods';
const leases = '/apis/coordination.k8s.io/v1/namespaces/$NS/leases';
const coreEvents = '/api/v1/namespaces/$NS/events';
const newEvents = '/apis/events.k8s.io/v1/namespaces/$NS/events';
const post = (path: string, body: unknown): Call => ({ method: 'POST', path, body });
const merge = (path: string, body: unknown): Call => ({
  method: 'PATCH',
  path,
  type: 'application/merge-patch+json',
  body,
});
const containers = [{ name: 'c', image: 'i' }];
const job = (name: string, spec: object = { restartPolicy: 'Never', containers }): object => ({
  metadata: { name },
  spec: { template: { spec } },
});
const pod = (name: string, spec: object = { containers }): object => ({ metadata: { name }, spec });
const regarding = { kind: 'Pod', name: 'p', namespace: '$NS' };
const coreEvent = {
  metadata: { name: 'e' },
  involvedObject: regarding,
  reason: 'R',
  message: 'm',
  source: { component: 'c' },
  type: 'Normal',
  count: 1,
};
const newEvent = {
  metadata: { name: 'e' },
  regarding,
  reason: 'R',
  note: 'm',
  type: 'Normal',
  action: 'A',
  reportingController: 'example.com/controller',
  reportingInstance: 'i',
  eventTime: '2026-01-01T00:00:00.000000Z',
};
const uid = expect.stringMatching(/^[0-9a-f-]{36}$/);
const controller = { 'batch.kubernetes.io/controller-uid': uid };
const jobLabels = {
  ...controller,
  'batch.kubernetes.io/job-name': 'j',
  'controller-uid': uid,
  'job-name': 'j',
};

/** Kinds of the server's own that are stored and run by nobody, and the two groups of events. */
export const kindRows: readonly Row[] = [
  {
    name: 'a Job gets defaults, labels and a selector',
    call: post(jobs, job('j')),
    want: {
      code: 201,
      body: {
        metadata: { generation: 1, labels: jobLabels },
        spec: {
          parallelism: 1,
          completions: 1,
          backoffLimit: 6,
          completionMode: 'NonIndexed',
          suspend: false,
          manualSelector: false,
          podReplacementPolicy: 'TerminatingOrFailed',
          selector: { matchLabels: controller },
          template: {
            metadata: { labels: jobLabels },
            spec: { restartPolicy: 'Never', dnsPolicy: 'ClusterFirst' },
          },
        },
      },
    },
    because: 'its pods are found by them',
  },
  {
    name: 'a Job that restarts always',
    call: post(jobs, job('j', { containers })),
    want: {
      code: 422,
      message:
        'Job.batch "j" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    },
    because: 'it would never end',
  },
  {
    name: 'an empty Job',
    call: post(jobs, { metadata: { name: 'j' }, spec: {} }),
    want: { code: 422, message: 'spec.template.spec.containers: Required value' },
    because: 'there is nothing to run',
  },
  {
    name: 'another template for a Job',
    given: [post(jobs, job('j'))],
    call: merge(`${jobs}/j`, {
      spec: { template: { spec: { containers: [{ name: 'c', image: 'other' }] } } },
    }),
    want: { code: 422, message: 'field is immutable' },
    because: 'its pods have been made by the old one',
  },
  {
    name: 'a Job is suspended',
    given: [post(jobs, job('j'))],
    call: merge(`${jobs}/j`, { spec: { suspend: true, parallelism: 2 } }),
    want: { code: 200, body: { spec: { suspend: true, parallelism: 2 }, metadata: { generation: 2 } } },
    because: 'these two may change',
  },
  {
    name: 'the labels of a waiting Job’s pods',
    given: [
      post(jobs, {
        metadata: { name: 'j' },
        spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers } } },
      }),
    ],
    call: merge(`${jobs}/j`, { spec: { template: { metadata: { labels: { a: 'b' } } } } }),
    want: { code: 200, body: { spec: { template: { metadata: { labels: { a: 'b' } } } } } },
    because: 'who queues jobs says where they run',
  },
  {
    name: 'the status of a Job',
    given: [post(jobs, job('j'))],
    call: merge(`${jobs}/j/status`, { status: { active: 1 } }),
    want: { code: 200, body: { status: { active: 1 }, metadata: { generation: 1 } } },
    because: 'a runner writes it',
  },
  {
    name: 'a Job is deleted without a word on its pods',
    given: [post(jobs, job('j'))],
    call: { method: 'DELETE', path: `${jobs}/j` },
    want: { code: 200, warning: 'child pods are preserved by default when jobs are deleted' },
    because: 'old clients count on it',
  },
  {
    name: 'a Pod gets defaults and waits',
    call: post(
      pods,
      pod('p', { containers: [{ name: 'c', image: 'i:1', resources: { limits: { cpu: '1' } } }] }),
    ),
    want: {
      code: 201,
      body: {
        metadata: { generation: 1 },
        spec: {
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          schedulerName: 'default-scheduler',
          securityContext: {},
          enableServiceLinks: true,
          priority: 0,
          containers: [
            {
              name: 'c',
              imagePullPolicy: 'IfNotPresent',
              terminationMessagePolicy: 'File',
              resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
            },
          ],
        },
        status: { phase: 'Pending', qosClass: 'Burstable' },
      },
    },
    because: 'clients read them back',
  },
  {
    name: 'what a Pod’s creator owns',
    call: post(pods, pod('p')),
    want: {
      code: 201,
      at: {
        'metadata.managedFields.0.fieldsV1': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:image': {},
                'f:imagePullPolicy': {},
                'f:name': {},
                'f:resources': {},
                'f:terminationMessagePath': {},
                'f:terminationMessagePolicy': {},
              },
            },
            'f:dnsPolicy': {},
            'f:enableServiceLinks': {},
            'f:restartPolicy': {},
            'f:schedulerName': {},
            'f:securityContext': {},
            'f:terminationGracePeriodSeconds': {},
          },
        },
      },
    },
    because: 'defaults are his, what the server adds is nobody’s',
  },
  {
    name: 'a Pod without containers',
    call: post(pods, pod('p', {})),
    want: { code: 422, message: 'Pod "p" is invalid: spec.containers: Required value' },
    because: 'there is nothing to run',
  },
  {
    name: 'a Pod with a bad container and policy',
    call: post(pods, pod('p', { containers: [{ name: 'A_', image: '' }], restartPolicy: 'x' })),
    want: {
      code: 422,
      message:
        'spec.containers[0].image: Required value, spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never"]',
    },
    because: 'everything wrong is told',
  },
  {
    name: 'a Pod that changes its nature',
    given: [post(pods, pod('p'))],
    call: merge(`${pods}/p`, { spec: { hostNetwork: true } }),
    want: {
      code: 422,
      message: 'Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than',
    },
    because: 'it may run already',
  },
  {
    name: 'a Pod that changes its image',
    given: [post(pods, pod('p'))],
    call: merge(`${pods}/p`, { spec: { containers: [{ name: 'c', image: 'other' }] } }),
    want: { code: 200, body: { spec: { containers: [{ image: 'other' }] } } },
    because: 'that may change',
  },
  {
    name: 'the delete of a Pod answers the Pod',
    given: [post(pods, pod('p'))],
    call: { method: 'DELETE', path: `${pods}/p` },
    want: { code: 200, body: { kind: 'Pod', metadata: { name: 'p', deletionGracePeriodSeconds: 0 } } },
    because: 'a kubelet would take its time',
  },
  {
    name: 'what a Lease’s creator owns',
    call: post(leases, { metadata: { name: 'l' }, spec: { holderIdentity: 'x', leaseDurationSeconds: 3 } }),
    want: {
      code: 201,
      at: {
        'metadata.managedFields.0.fieldsV1': {
          'f:spec': { 'f:holderIdentity': {}, 'f:leaseDurationSeconds': {} },
        },
      },
    },
    because: 'the spec itself is always there',
  },
  {
    name: 'an empty Lease',
    call: post(leases, { metadata: { name: 'l' } }),
    want: { code: 201, at: { spec: {}, 'metadata.managedFields': undefined } },
    because: 'the spec itself is always there',
  },
  {
    name: 'an Event of the core group',
    call: post(coreEvents, coreEvent),
    want: {
      code: 201,
      body: { firstTimestamp: null, eventTime: null, reportingComponent: '', reportingInstance: '' },
      at: {
        'metadata.managedFields.0.fieldsV1': {
          'f:count': {},
          'f:involvedObject': {},
          'f:message': {},
          'f:reason': {},
          'f:source': { 'f:component': {} },
          'f:type': {},
        },
      },
    },
    because: 'some of its members are always there',
  },
  {
    name: 'an Event of the core group, seen through the other',
    given: [post(coreEvents, coreEvent)],
    call: { path: `${newEvents}/e` },
    want: {
      code: 200,
      body: { regarding: { name: 'p' }, note: 'm', deprecatedCount: 1, deprecatedSource: { component: 'c' } },
      at: { reportingController: undefined, eventTime: null, deprecatedFirstTimestamp: null },
    },
    because: 'it is one object',
  },
  {
    name: 'an Event of the new group',
    call: post(newEvents, newEvent),
    want: {
      code: 201,
      body: { reportingController: 'example.com/controller', deprecatedSource: {} },
      at: {
        'metadata.managedFields.0.fieldsV1': {
          'f:action': {},
          'f:eventTime': {},
          'f:note': {},
          'f:reason': {},
          'f:regarding': {},
          'f:reportingController': {},
          'f:reportingInstance': {},
          'f:type': {},
        },
      },
    },
    because: 'its members are owned under their new names',
  },
  {
    name: 'an Event of the new group, seen through the core group',
    given: [post(newEvents, newEvent)],
    call: { path: `${coreEvents}/e` },
    want: {
      code: 200,
      body: { involvedObject: { name: 'p' }, message: 'm', reportingComponent: 'example.com/controller' },
    },
    because: 'it is one object',
  },
  {
    name: 'an Event of the new group without its time',
    call: post(newEvents, { ...newEvent, eventTime: null }),
    want: { code: 422, message: 'Event "e" is invalid: eventTime: Required value' },
    because: 'the new group asks for it',
  },
  {
    name: 'another text for an Event of the new group',
    given: [post(newEvents, newEvent)],
    call: merge(`${newEvents}/e`, { note: 'other' }),
    want: { code: 422, message: 'Event "e" is invalid: message: Invalid value: "other": field is immutable' },
    because: 'only its series goes on',
  },
  {
    name: 'the series of an Event of the new group',
    given: [post(newEvents, newEvent)],
    call: merge(`${newEvents}/e`, { series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' } }),
    want: { code: 200, body: { series: { count: 2 } } },
    because: 'that is how it is repeated',
  },
];
