using System.Text;
using BenchmarkDotNet.Attributes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;
using MiniKube.Store;

namespace MiniKube.Benchmarks;

/// <summary>What owners of fields add to a write, beside what encoding and decoding the object cost anyway.</summary>
[MemoryDiagnoser]
public class OwnershipBenchmarks
{
    private readonly PodResource _pods = new();
    private readonly ConfigMapResource _maps = new();
    private readonly UpdateOwnership _podOwner;
    private readonly UpdateOwnership _statusOwner;
    private readonly UpdateOwnership _mapOwner;

    private readonly V1Pod _pod = Pod();
    private readonly ObjectDraft _podDraft;
    private readonly ObjectDraft _podNext;
    private readonly StoredObject _podStored;
    private readonly ObjectDraft _mapDraft;
    private readonly ObjectDraft _mapNext;
    private readonly StoredObject _mapStored;

    public OwnershipBenchmarks()
    {
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        _podOwner = new UpdateOwnership(_pods, "kube-controller-manager", "", now);
        _statusOwner = new UpdateOwnership(_pods, "kubelet", "status", now);
        _mapOwner = new UpdateOwnership(_maps, "tool", "", now);

        var empty = Pod();
        empty.Status = new V1PodStatus { Phase = "Pending" };
        var created = CanonicalJson.Draft(_pods, empty);
        var first = Stored(created.WithOwners(_podOwner.After(null, created.Json, null)));
        _podDraft = CanonicalJson.Draft(_pods, _pod);
        _podStored = Stored(_podDraft.WithOwners(_statusOwner.After(first, _podDraft.Json, null)));
        var next = Pod();
        next.Status.Conditions[2].Status = "False";
        _podNext = CanonicalJson.Draft(_pods, next);

        _mapDraft = CanonicalJson.Draft(_maps, Map(""));
        _mapStored = Stored(_mapDraft.WithOwners(_mapOwner.After(null, _mapDraft.Json, null)));
        _mapNext = CanonicalJson.Draft(_maps, Map("1"));
    }

    [Benchmark]
    public object EncodePod() => CanonicalJson.Draft(_pods, _pod);

    [Benchmark]
    public object DecodePod() => _pods.Decode(_podDraft.Json.Span);

    [Benchmark]
    public object DecodePodWithOwners() => _pods.Decode(_podStored.Json.Span);

    [Benchmark]
    public object OwnersOfNewPod() => _podOwner.After(null, _podDraft.Json, null);

    [Benchmark]
    public object OwnersAfterPodStatus() => _statusOwner.After(_podStored, _podNext.Json, null);

    [Benchmark]
    public object EncodeMap() => CanonicalJson.Draft(_maps, Map(""));

    [Benchmark]
    public object OwnersOfNewMap() => _mapOwner.After(null, _mapDraft.Json, null);

    [Benchmark]
    public object OwnersAfterMapUpdate() => _mapOwner.After(_mapStored, _mapNext.Json, null);

    private static StoredObject Stored(ObjectDraft draft)
    {
        var json = Encoding.UTF8.GetString(draft.Json.Span).Insert(draft.RevisionAt, "12345");
        return new StoredObject(
            new ResourceKey("x", "default", "a"), new Revision(12345), new Revision(1), Encoding.UTF8.GetBytes(json), draft.RevisionAt);
    }

    private static V1ConfigMap Map(string value) => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = Metadata(),
        Data = new Dictionary<string, string> { ["k"] = new('x', 900), ["v"] = value },
    };

    private static V1Pod Pod() => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = Metadata(),
        Spec = KubernetesYaml.Deserialize<V1PodSpec>("""
            containers:
            - name: web
              image: example.org/web:1
              imagePullPolicy: IfNotPresent
              env: [{name: A, value: b}, {name: C, value: d}]
              ports: [{containerPort: 80, name: http, protocol: TCP}]
              resources: {limits: {cpu: 100m, memory: 64Mi}, requests: {cpu: 100m, memory: 64Mi}}
              readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 10}
              volumeMounts: [{name: data, mountPath: /data}]
            dnsPolicy: ClusterFirst
            restartPolicy: Always
            schedulerName: default-scheduler
            securityContext: {}
            terminationGracePeriodSeconds: 30
            volumes: [{name: data, emptyDir: {}}]
            """),
        Status = KubernetesYaml.Deserialize<V1PodStatus>("""
            phase: Running
            hostIP: 10.0.0.1
            podIP: 10.42.0.2
            podIPs: [{ip: 10.42.0.2}]
            conditions:
            - {type: Initialized, status: 'True'}
            - {type: PodScheduled, status: 'True'}
            - {type: Ready, status: 'True'}
            - {type: ContainersReady, status: 'True'}
            """),
    };

    private static V1ObjectMeta Metadata() => new()
    {
        Name = "web-7d4b9c",
        NamespaceProperty = "default",
        Uid = "7a1e7d5c-6a5d-4a1c-9d2b-5f7c2f6f1a11",
        Labels = new Dictionary<string, string> { ["app"] = "web", ["shard"] = "s1" },
    };
}
