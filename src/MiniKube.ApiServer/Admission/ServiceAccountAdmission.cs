using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Gives every new pod its service account, the account's image pull secrets, and a volume with a token, the cluster's authority and
/// the namespace, unless it or the account says no. May be asked again for the same pod.
/// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller
/// </summary>
internal sealed class ServiceAccountAdmission(NameGenerator names) : IAdmission
{
    private const string Default = "default";
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string VolumePrefix = "kube-api-access-";
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    private static readonly Gvr Pods = Gvr.Core("v1", "pods");

    public string Name => "ServiceAccount";

    public bool MayChange(ResourceDefinition definition) => definition is PodResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Object: V1Pod pod, Subresource: "" })
        {
            Admit(pod, request);
        }

        return ValueTask.CompletedTask;
    }

    private void Admit(V1Pod pod, AdmissionRequest request)
    {
        if (pod.Metadata.Annotations?.ContainsKey(MirrorAnnotation) == true)
        {
            CheckMirror(pod);
            return;
        }

        var spec = pod.Spec;
        spec.ServiceAccountName = string.IsNullOrEmpty(spec.ServiceAccountName) ? Default : spec.ServiceAccountName;
        spec.ServiceAccount = spec.ServiceAccountName;
        var key = new ObjectKey(request.Key.Namespace, spec.ServiceAccountName);
        var account = request.Objects.Find<V1ServiceAccount>(key);
        if (account is null && spec.ServiceAccountName != Default)
        {
            throw ApiException.Forbidden(Pods, pod.Metadata.Name,
                $"error looking up service account {key.Namespace}/{key.Name}: serviceaccount \"{key.Name}\" not found");
        }

        // The default account of a new namespace is on its way; the node waits for it before it asks for a token.
        spec.ImagePullSecrets = spec.ImagePullSecrets is { Count: > 0 } own
            ? own
            : account?.ImagePullSecrets?.Select(one => new V1LocalObjectReference { Name = one.Name }).ToList();
        if (spec.AutomountServiceAccountToken ?? account?.AutomountServiceAccountToken ?? true)
        {
            MountToken(spec);
        }
    }

    private void MountToken(V1PodSpec spec)
    {
        var without = (spec.InitContainers ?? []).Concat(spec.Containers ?? [])
            .Where(container => (container.VolumeMounts ?? []).All(mount => mount.MountPath != MountPath))
            .ToList();
        if (without.Count == 0)
        {
            return;
        }

        var volume = spec.Volumes?.FirstOrDefault(one => one.Name.StartsWith(VolumePrefix, StringComparison.Ordinal));
        if (volume is null)
        {
            volume = TokenVolume(names.Generate(VolumePrefix));
            spec.Volumes = [.. spec.Volumes ?? [], volume];
        }

        foreach (var container in without)
        {
            var mount = new V1VolumeMount { Name = volume.Name, MountPath = MountPath, ReadOnlyProperty = true };
            container.VolumeMounts = [.. container.VolumeMounts ?? [], mount];
        }
    }

    private static V1Volume TokenVolume(string name) => new()
    {
        Name = name,
        Projected = new V1ProjectedVolumeSource
        {
            DefaultMode = 0x1A4, // 0644
            Sources =
            [
                new V1VolumeProjection
                {
                    ServiceAccountToken = new V1ServiceAccountTokenProjection
                    {
                        Path = "token",
                        ExpirationSeconds = TokenRequests.SecondsOfPods,
                    },
                },
                new V1VolumeProjection
                {
                    ConfigMap = new V1ConfigMapProjection
                    {
                        Name = "kube-root-ca.crt",
                        Items = [new V1KeyToPath { Key = "ca.crt", Path = "ca.crt" }],
                    },
                },
                new V1VolumeProjection
                {
                    DownwardAPI = new V1DownwardAPIProjection
                    {
                        Items =
                        [
                            new V1DownwardAPIVolumeFile
                            {
                                Path = "namespace",
                                FieldRef = new V1ObjectFieldSelector { ApiVersion = "v1", FieldPath = "metadata.namespace" },
                            },
                        ],
                    },
                },
            ],
        },
    };

    private static void CheckMirror(V1Pod pod)
    {
        var refusal = !string.IsNullOrEmpty(pod.Spec.ServiceAccountName)
            ? "a mirror pod may not reference service accounts"
            : (pod.Spec.Volumes ?? []).Any(volume =>
                volume.Projected?.Sources?.Any(source => source.ServiceAccountToken is not null) == true)
                ? "a mirror pod may not use ServiceAccountToken volume projections"
                : null;
        if (refusal is not null)
        {
            throw ApiException.Forbidden(Pods, pod.Metadata.Name, refusal);
        }
    }
}
