using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Which part of an object an update may change. Stateless; one instance each.</summary>
internal abstract class UpdateStrategy
{
    /// <summary>A write of the object: keeps the status where that is a subresource.</summary>
    public static UpdateStrategy Object { get; } = new ObjectStrategy();

    /// <summary>A write of <c>/status</c>: keeps everything but status, labels and annotations.</summary>
    public static UpdateStrategy Status { get; } = new StatusStrategy();

    /// <summary>A write of <c>namespaces/finalize</c>, the only way to change <c>spec.finalizers</c>.</summary>
    public static UpdateStrategy Finalize { get; } = new FinalizeStrategy();

    /// <summary>A write of <c>certificatesigningrequests/approval</c>: changes the conditions and nothing else.</summary>
    public static UpdateStrategy Approval { get; } = new ApprovalStrategy();

    /// <summary>A write of <c>pods/ephemeralcontainers</c>: adds some and changes nothing else.</summary>
    public static UpdateStrategy EphemeralContainers { get; } = new EphemeralContainersStrategy();

    /// <summary>A write the server composed itself from the old object: nothing is kept back or defaulted.</summary>
    public static UpdateStrategy Verbatim { get; } = new VerbatimStrategy();

    /// <summary>False when nobody is to own what the update sets.</summary>
    public virtual bool IsOwned => true;

    /// <summary>Brings back what the update may not touch.</summary>
    public abstract void Prepare(
        ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old);

    /// <exception cref="ApiException">Invalid, with every cause.</exception>
    public virtual void Validate(
        ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
    {
        var errors = new FieldErrors();
        MetadataRules.ValidateUpdate(definition, item.Metadata, old.Metadata, errors);
        ValidateObject(definition, item, old, errors);
        errors.ThrowIfAny(definition.Gvk, item.Metadata.Name);
    }

    protected virtual void ValidateObject(
        ResourceDefinition definition,
        IKubernetesObject<V1ObjectMeta> item,
        IKubernetesObject<V1ObjectMeta> old,
        FieldErrors errors)
        => definition.ValidateChange(item, old, errors);

    // Clients may leave out what the server decides; what they send instead must be what is there (validation sees to
    // it).
    private static void KeepSystemFields(V1ObjectMeta meta, V1ObjectMeta old)
    {
        meta.Uid = old.Uid;
        meta.CreationTimestamp ??= old.CreationTimestamp;
        meta.DeletionTimestamp ??= old.DeletionTimestamp;
        meta.DeletionGracePeriodSeconds ??= old.DeletionGracePeriodSeconds;
        meta.SelfLink = null;
        meta.ManagedFields = null;
    }

    private sealed class ObjectStrategy : UpdateStrategy
    {
        public override void Prepare(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        {
            KeepSystemFields(item.Metadata, old.Metadata);
            definition.ApplyDefaults(item);
            definition.PrepareForUpdate(item, old);
        }
    }

    private sealed class StatusStrategy : UpdateStrategy
    {
        public override void Prepare(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        {
            KeepSystemFields(item.Metadata, old.Metadata);
            item.Metadata.GenerateName = old.Metadata.GenerateName;
            item.Metadata.Finalizers = old.Metadata.Finalizers;
            item.Metadata.OwnerReferences = old.Metadata.OwnerReferences;
            definition.PrepareForStatusUpdate(item, old);
        }

        // The specification is the old one, which was valid when it was written.
        protected override void ValidateObject(
            ResourceDefinition definition,
            IKubernetesObject<V1ObjectMeta> item,
            IKubernetesObject<V1ObjectMeta> old,
            FieldErrors errors)
            => definition.ValidateStatusUpdate(item, old, errors);
    }

    private sealed class FinalizeStrategy : UpdateStrategy
    {
        public override void Prepare(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        {
            KeepSystemFields(item.Metadata, old.Metadata);
            definition.ApplyDefaults(item);
            ((V1Namespace)item).Status = ((V1Namespace)old).Status;
        }
    }

    private sealed class ApprovalStrategy : UpdateStrategy
    {
        public override void Prepare(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        {
            var (request, before) = ((V1CertificateSigningRequest)item, (V1CertificateSigningRequest)old);
            KeepSystemFields(request.Metadata, before.Metadata);
            request.Spec = before.Spec;
            request.Status ??= new V1CertificateSigningRequestStatus();
            request.Status.Certificate = before.Status?.Certificate;
            CertificateRequestRules.StampConditions(request);
        }

        protected override void ValidateObject(
            ResourceDefinition definition,
            IKubernetesObject<V1ObjectMeta> item,
            IKubernetesObject<V1ObjectMeta> old,
            FieldErrors errors)
            => definition.ValidateUpdate(item, old, errors);
    }

    private sealed class EphemeralContainersStrategy : UpdateStrategy
    {
        public override void Prepare(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        {
            var (pod, before) = ((V1Pod)item, (V1Pod)old);
            var version = pod.Metadata.ResourceVersion;
            pod.Metadata = ObjectJson.Copy(before.Metadata);
            pod.Metadata.ResourceVersion = version;
            var added = pod.Spec?.EphemeralContainers;
            pod.Spec = ObjectJson.Copy(before.Spec);
            pod.Spec.EphemeralContainers = added;
            pod.Status = before.Status;
            definition.ApplyDefaults(pod);
        }

        protected override void ValidateObject(
            ResourceDefinition definition,
            IKubernetesObject<V1ObjectMeta> item,
            IKubernetesObject<V1ObjectMeta> old,
            FieldErrors errors)
        {
            definition.Validate(item, errors);
            EphemeralContainerRules.ValidateUpdate(((V1Pod)item).Spec, ((V1Pod)old).Spec, errors);
        }
    }

    private sealed class VerbatimStrategy : UpdateStrategy
    {
        public override bool IsOwned => false;

        public override void Prepare(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
            => KeepSystemFields(item.Metadata, old.Metadata);

        public override void Validate(
            ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, IKubernetesObject<V1ObjectMeta> old)
        {
        }
    }
}
