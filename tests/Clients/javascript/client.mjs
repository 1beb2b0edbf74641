// usage: node client.mjs KUBECONFIG
// What a user of the official JavaScript client does with a cluster. Prints a line for each thing that worked.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import * as k8s from '@kubernetes/client-node';

const namespace = 'js-client';
const kc = new k8s.KubeConfig();
kc.loadFromFile(process.argv[2]);
const core = kc.makeApiClient(k8s.CoreV1Api);
const apiextensions = kc.makeApiClient(k8s.ApiextensionsV1Api);
const custom = kc.makeApiClient(k8s.CustomObjectsApi);

const done = (what) => console.log(`ok ${what}`);
const as = (strategy) => k8s.setHeaderOptions('Content-Type', strategy);
const codeOf = (call) => call.then(() => 200, (error) => error.code);

/** Waits for a condition; fails with what was seen last. */
async function eventually(what, look, isSo = Boolean) {
    const deadline = Date.now() + 30_000;
    for (let seen; ; await new Promise((next) => setTimeout(next, 50))) {
        seen = await look();
        if (isSo(seen)) return seen;
        if (Date.now() > deadline) throw new Error(`${what}: last seen ${JSON.stringify(seen)}`);
    }
}

function configMap(name, data, labels = {}) {
    return { metadata: { name, namespace, labels }, data };
}

async function createAndList() {
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    for (let n = 0; n < 5; n++) {
        await core.createNamespacedConfigMap({ namespace, body: configMap(`cm-${n}`, { n: `${n}` }, { even: `${n % 2 === 0}` }) });
    }

    assert.equal((await core.readNamespacedConfigMap({ namespace, name: 'cm-3' })).data.n, '3');
    assert.equal(await codeOf(core.createNamespacedConfigMap({ namespace, body: configMap('cm-3') })), 409);
    assert.equal(await codeOf(core.readNamespacedConfigMap({ namespace, name: 'none' })), 404);
    done('create');

    const even = await core.listNamespacedConfigMap({ namespace, labelSelector: 'even=true' });
    assert.deepEqual(even.items.map((one) => one.metadata.name), ['cm-0', 'cm-2', 'cm-4']);
    const names = [];
    let _continue;
    do {
        const page = await core.listNamespacedConfigMap({ namespace, labelSelector: 'even', limit: 2, _continue });
        names.push(...page.items.map((one) => one.metadata.name));
        ({ _continue } = page.metadata);
    } while (_continue);
    assert.deepEqual(names, ['cm-0', 'cm-1', 'cm-2', 'cm-3', 'cm-4']);
    done('list');
}

async function patches() {
    const patch = (body, strategy, more = {}) => core.patchNamespacedConfigMap({ namespace, name: 'cm-0', body, ...more }, as(strategy));
    assert.equal((await patch([{ op: 'add', path: '/data/json', value: 'a' }], k8s.PatchStrategy.JsonPatch)).data.json, 'a');
    assert.equal((await patch({ data: { merge: 'b', json: null } }, k8s.PatchStrategy.MergePatch)).data.json, undefined);
    assert.equal((await patch({ data: { strategic: 'c' } }, k8s.PatchStrategy.StrategicMergePatch)).data.merge, 'b');
    done('patch');

    const applied = (data) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm-0' }, data });
    const mine = { fieldManager: 'js' };
    assert.equal((await patch(applied({ mine: '1' }), k8s.PatchStrategy.ServerSideApply, mine)).data.mine, '1');
    assert.equal(await codeOf(patch(applied({ mine: '2' }), k8s.PatchStrategy.ServerSideApply, { fieldManager: 'other' })), 409);
    const after = await patch(applied({ yours: '1' }), k8s.PatchStrategy.ServerSideApply, mine);
    assert.deepEqual([after.data.mine, after.data.yours, after.data.merge], [undefined, '1', 'b']);
    done('apply');
}

/** History is kept up to a number of bytes: this writes more, so that what was before can no longer be watched. */
async function outliveHistory() {
    const large = 'x'.repeat(900_000);
    await core.createNamespacedConfigMap({ namespace, body: configMap('large', {}) });
    for (let n = 0; n < 24; n++) {
        await core.replaceNamespacedConfigMap({ namespace, name: 'large', body: configMap('large', { n: `${n}`, large }) });
    }
}

async function watches() {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const start = (await core.listNamespacedConfigMap({ namespace })).metadata.resourceVersion;
    const seen = [];
    const open = await new k8s.Watch(kc).watch(
        path, { resourceVersion: start, labelSelector: 'watched' }, (type, object) => seen.push(`${type} ${object.metadata.name}`), () => {});
    await core.createNamespacedConfigMap({ namespace, body: configMap('first', {}, { watched: 'yes' }) });
    await eventually('the first event', () => seen, () => seen.includes('ADDED first'));
    await outliveHistory();
    await core.deleteNamespacedConfigMap({ namespace, name: 'first' });
    await eventually('an open watch goes on', () => seen, () => seen.includes('DELETED first'));
    open.abort();

    const ended = await new Promise((resolve) => {
        new k8s.Watch(kc).watch(path, { resourceVersion: start }, (type, object) => resolve({ type, code: object.code }), resolve);
    });
    assert.ok(ended.code === 410 || ended.statusCode === 410, `a watch of the past ends with 410, not ${JSON.stringify(ended)}`);

    const informer = k8s.makeInformer(kc, path, () => core.listNamespacedConfigMap({ namespace, labelSelector: 'watched' }), 'watched');
    await core.createNamespacedConfigMap({ namespace, body: configMap('second', {}, { watched: 'yes' }) });
    await informer.start();
    await eventually('the informer lists', () => informer.get('second', namespace));
    await core.createNamespacedConfigMap({ namespace, body: configMap('third', {}, { watched: 'yes' }) });
    await eventually('the informer watches', () => informer.get('third', namespace));
    await informer.stop();
    done('watch');
}

async function customResources() {
    const [group, version, plural] = ['js.example.com', 'v1', 'gadgets'];
    await apiextensions.createCustomResourceDefinition({
        body: {
            metadata: { name: `${plural}.${group}` },
            spec: {
                group,
                scope: 'Namespaced',
                names: { plural, singular: 'gadget', kind: 'Gadget' },
                versions: [{
                    name: version,
                    served: true,
                    storage: true,
                    subresources: { status: {} },
                    schema: {
                        openAPIV3Schema: {
                            type: 'object',
                            properties: {
                                spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1, _default: 3 } } },
                                status: { type: 'object', properties: { phase: { type: 'string' } } },
                            },
                        },
                    },
                }],
            },
        },
    });
    await eventually('the kind is served', () => codeOf(custom.listNamespacedCustomObject({ group, version, namespace, plural })), (code) => code === 200);

    const one = { group, version, namespace, plural };
    const made = await custom.createNamespacedCustomObject(
        { ...one, body: { apiVersion: `${group}/${version}`, kind: 'Gadget', metadata: { name: 'g' }, spec: { } } });
    assert.equal(made.spec.size, 3, 'the default is filled in');
    assert.equal(await codeOf(custom.patchNamespacedCustomObject({ ...one, name: 'g', body: { spec: { size: 0 } } }, as(k8s.PatchStrategy.MergePatch))), 422);
    await custom.patchNamespacedCustomObjectStatus({ ...one, name: 'g', body: { status: { phase: 'Ready' } } }, as(k8s.PatchStrategy.MergePatch));
    assert.equal((await custom.getNamespacedCustomObject({ ...one, name: 'g' })).status.phase, 'Ready');
    await custom.deleteNamespacedCustomObject({ ...one, name: 'g' });
    await apiextensions.deleteCustomResourceDefinition({ name: `${plural}.${group}` });
    await eventually('the kind is gone', () => codeOf(custom.listNamespacedCustomObject(one)), (code) => code === 404);
    done('custom resources');
}

/** What a command in the pod prints, and its status. */
async function run(command) {
    const output = [];
    const stdout = new Writable({ write(piece, _, next) { output.push(piece); next(); } });
    const status = await new Promise((resolve, reject) => {
        new k8s.Exec(kc).exec(namespace, 'shell', 'main', command, stdout, process.stderr, null, false, resolve).catch(reject);
    });
    return { output: Buffer.concat(output).toString(), status };
}

async function execs() {
    await core.createNamespacedPod({
        namespace,
        body: {
            metadata: { name: 'shell' },
            spec: { containers: [{ name: 'main', image: 'minikube/testbox', imagePullPolicy: 'IfNotPresent', args: ['sleep', 'infinity'] }] },
        },
    });
    await eventually('the pod runs', async () => (await core.readNamespacedPod({ namespace, name: 'shell' })).status.phase, (phase) => phase === 'Running');
    const { output, status } = await run(['echo', 'hello']);
    assert.deepEqual([output.trim(), status.status], ['hello', 'Success']);
    const failed = await run(['false']);
    assert.equal(failed.status.details.causes.find((cause) => cause.reason === 'ExitCode').message, '1');
    await core.deleteNamespacedPod({ namespace, name: 'shell', gracePeriodSeconds: 0 });
    done('exec');
}

await createAndList();
await patches();
await watches();
await customResources();
await execs();
await core.deleteNamespace({ name: namespace });
done('all');
process.exit(0);
