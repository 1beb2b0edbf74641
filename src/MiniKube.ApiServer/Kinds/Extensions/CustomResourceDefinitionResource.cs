using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class CustomResourceDefinitionResource : ResourceDefinition<V1CustomResourceDefinition>
{
    /// <summary>Kept until the last object of the kind is gone.</summary>
    public const string Cleanup = "customresourcecleanup.apiextensions.k8s.io";

    private const int WebhookPort = 443;

    public CustomResourceDefinitionResource()
        : base(new Gvr("apiextensions.k8s.io", "v1", "customresourcedefinitions"), Scope.Cluster, "CustomResourceDefinition")
    {
        ShortNames = ["crd", "crds"];
        Categories = ["api-extensions"];
        HasStatus = true;
        HasGeneration = true;
        DeletionFinalizer = Cleanup;
        Column("Created At", static one => one.Metadata.CreationTimestamp?.ToString(
            "yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture), type: "date");
    }

    protected override void ApplyDefaults(V1CustomResourceDefinition item)
    {
        if (item.Spec is not { } spec)
        {
            return;
        }

        if (spec.Names is { Kind.Length: > 0 } names)
        {
            names.Singular = string.IsNullOrEmpty(names.Singular) ? names.Kind.ToLowerInvariant() : names.Singular;
            names.ListKind = string.IsNullOrEmpty(names.ListKind) ? $"{names.Kind}List" : names.ListKind;
        }

        spec.Conversion ??= new V1CustomResourceConversion();
        spec.Conversion.Strategy = string.IsNullOrEmpty(spec.Conversion.Strategy) ? "None" : spec.Conversion.Strategy;
        if (spec.Conversion.Webhook?.ClientConfig?.Service is { } service)
        {
            service.Port ??= WebhookPort;
        }
    }

    protected override void PrepareForCreate(V1CustomResourceDefinition item)
        => item.Status = WithStored(item, new V1CustomResourceDefinitionStatus
        {
            AcceptedNames = new V1CustomResourceDefinitionNames { Kind = "", Plural = "" },
        });

    protected override void PrepareForUpdate(V1CustomResourceDefinition item, V1CustomResourceDefinition old)
        => item.Status = WithStored(item, old.Status is null ? new V1CustomResourceDefinitionStatus() : ObjectJson.Copy(old.Status));

    protected override void PrepareForStatusUpdate(V1CustomResourceDefinition item, V1CustomResourceDefinition old) => item.Spec = old.Spec;

    protected override void Validate(V1CustomResourceDefinition item, FieldErrors errors) => DefinitionRules.Validate(item, errors);

    protected override void ValidateUpdate(V1CustomResourceDefinition item, V1CustomResourceDefinition old, FieldErrors errors)
        => DefinitionRules.ValidateUpdate(item, old, errors);

    // Every version that was ever stored: somebody has to read it, until the owner says that there is none left of it.
    private static V1CustomResourceDefinitionStatus WithStored(
        V1CustomResourceDefinition item, V1CustomResourceDefinitionStatus status)
    {
        status.StoredVersions ??= [];
        foreach (var version in item.Spec?.Versions?.Where(static one => one.Storage) ?? [])
        {
            if (!status.StoredVersions.Contains(version.Name))
            {
                status.StoredVersions.Add(version.Name);
            }
        }

        return status;
    }
}
