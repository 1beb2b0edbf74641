using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Gives claims and ingresses that name no class the cluster's default one: of several, the one made last.
/// https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
/// https://kubernetes.io/docs/concepts/services-networking/ingress/#default-ingress-class
/// </summary>
internal sealed class DefaultClassAdmission : IAdmission
{
    private const string DefaultStorage = "storageclass.kubernetes.io/is-default-class";
    private const string DefaultIngress = "ingressclass.kubernetes.io/is-default-class";
    private const string OldStorageAnnotation = "volume.beta.kubernetes.io/storage-class";
    private const string OldIngressAnnotation = "kubernetes.io/ingress.class";

    public string Name => "DefaultStorageClass,DefaultIngressClass";

    public bool MayChange(ResourceDefinition definition) => definition is PersistentVolumeClaimResource or IngressResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        switch (request)
        {
            case { Operation: Verb.Create, Subresource: "", Object: V1PersistentVolumeClaim { Spec.StorageClassName: null } claim }
                when !Has(claim.Metadata, OldStorageAnnotation):
                claim.Spec.StorageClassName = DefaultOf<V1StorageClass>(request, DefaultStorage);
                break;
            case { Operation: Verb.Create, Subresource: "", Object: V1Ingress { Spec.IngressClassName: null } ingress }
                when !Has(ingress.Metadata, OldIngressAnnotation):
                ingress.Spec.IngressClassName = DefaultOf<V1IngressClass>(request, DefaultIngress);
                break;
        }

        return ValueTask.CompletedTask;
    }

    private static bool Has(V1ObjectMeta meta, string annotation) => meta.Annotations?.ContainsKey(annotation) == true;

    private static string? DefaultOf<T>(AdmissionRequest request, string annotation)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => request.Objects.List<T>(inNamespace: null)
            .Where(one => one.Metadata.Annotations?.TryGetValue(annotation, out var value) == true && value == "true")
            .OrderByDescending(static one => one.Metadata.CreationTimestamp)
            .ThenBy(static one => one.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault()?.Metadata.Name;
}
