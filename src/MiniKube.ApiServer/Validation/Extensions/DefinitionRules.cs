using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rules of a CustomResourceDefinition. Pure.</summary>
internal static class DefinitionRules
{
    /// <summary>Says where a kind of a group of Kubernetes' own was agreed on.</summary>
    public const string ApprovalAnnotation = "api-approved.kubernetes.io";

    public static void Validate(V1CustomResourceDefinition item, FieldErrors errors)
    {
        if (item.Spec is not { } spec)
        {
            errors.Required("spec");
            return;
        }

        var name = $"{spec.Names?.Plural}.{spec.Group}";
        if (item.Metadata.Name != name)
        {
            errors.Invalid("metadata.name", item.Metadata.Name, "must be spec.names.plural+\".\"+spec.group");
        }

        Group(item, spec, errors);
        errors.OneOf("spec.scope", spec.Scope, "Cluster", "Namespaced");
        if (spec.PreserveUnknownFields == true)
        {
            errors.Invalid("spec.preserveUnknownFields", true,
                "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }

        Names(spec.Names, errors);
        Versions(spec, errors);
        ConversionRules.Validate(spec.Conversion, spec.Versions ?? [], errors);
        foreach (var stored in item.Status?.StoredVersions ?? [])
        {
            if (spec.Versions?.Any(one => one.Name == stored) != true)
            {
                var index = item.Status!.StoredVersions.IndexOf(stored);
                errors.Invalid($"status.storedVersions[{index}]", stored, "must appear in spec.versions");
            }
        }
    }

    public static void ValidateUpdate(V1CustomResourceDefinition item, V1CustomResourceDefinition old, FieldErrors errors)
    {
        errors.Immutable("spec.group", item.Spec?.Group, old.Spec?.Group);
        errors.Immutable("spec.names.plural", item.Spec?.Names?.Plural, old.Spec?.Names?.Plural);
        if (NamePlanner.IsEstablished(old))
        {
            errors.Immutable("spec.scope", item.Spec?.Scope, old.Spec?.Scope);
            errors.Immutable("spec.names.kind", item.Spec?.Names?.Kind, old.Spec?.Names?.Kind);
        }
    }

    /// <summary>True for the groups that belong to the Kubernetes project.</summary>
    public static bool IsProtected(string group)
        => group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal)
            || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);

    private static void Group(V1CustomResourceDefinition item, V1CustomResourceDefinitionSpec spec, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(spec.Group))
        {
            errors.Required("spec.group");
            return;
        }

        errors.Invalid("spec.group", spec.Group, Api.Names.CheckDnsSubdomain(spec.Group));
        if (!spec.Group.Contains('.', StringComparison.Ordinal))
        {
            errors.Invalid("spec.group", spec.Group, "should be a domain with at least one dot");
        }

        if (!IsProtected(spec.Group))
        {
            return;
        }

        const string path = $"metadata.annotations[{ApprovalAnnotation}]";
        string? approval = null;
        item.Metadata.Annotations?.TryGetValue(ApprovalAnnotation, out approval);
        if (string.IsNullOrEmpty(approval))
        {
            errors.Required(path, $"protected groups must have approval annotation \"{ApprovalAnnotation}\", "
                + "see https://github.com/kubernetes/enhancements/pull/1111");
        }
        else if (!approval.StartsWith("unapproved", StringComparison.Ordinal) && !Uri.TryCreate(approval, UriKind.Absolute, out _))
        {
            errors.Invalid(path, approval, "protected groups must have approval annotation "
                + $"\"{ApprovalAnnotation}\" with either a URL or a reason starting with \"unapproved\", "
                + "see https://github.com/kubernetes/enhancements/pull/1111");
        }
    }

    private static void Names(V1CustomResourceDefinitionNames? names, FieldErrors errors)
    {
        const string path = "spec.names";
        Label($"{path}.plural", names?.Plural, errors, required: true);
        Label($"{path}.singular", names?.Singular, errors, required: true);
        Kind($"{path}.kind", names?.Kind, errors);
        Kind($"{path}.listKind", names?.ListKind, errors);
        if (!string.IsNullOrEmpty(names?.Kind) && names.Kind == names.ListKind)
        {
            errors.Invalid($"{path}.listKind", names.ListKind, "kind and listKind may not be the same");
        }

        Labels($"{path}.shortNames", names?.ShortNames, errors);
        Labels($"{path}.categories", names?.Categories, errors);
    }

    private static void Labels(string path, IList<string>? names, FieldErrors errors)
    {
        for (var index = 0; index < (names?.Count ?? 0); index++)
        {
            Label(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), names![index], errors, required: false);
        }
    }

    private static void Label(string path, string? name, FieldErrors errors, bool required)
    {
        if (!string.IsNullOrEmpty(name))
        {
            errors.Invalid(path, name, Api.Names.CheckDns1035Label(name));
        }
        else if (required)
        {
            errors.Required(path);
        }
    }

    private static void Kind(string path, string? kind, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(kind))
        {
            errors.Required(path);
        }
        else if (Api.Names.CheckDns1035Label(kind.ToLowerInvariant()) is { Count: > 0 } problems)
        {
            errors.Invalid(path, kind, $"may have mixed case, but should otherwise match: {string.Join(",", problems)}");
        }
    }

    private static void Versions(V1CustomResourceDefinitionSpec spec, FieldErrors errors)
    {
        const string path = "spec.versions";
        var versions = spec.Versions ?? [];
        if (versions.Count == 0)
        {
            errors.Required(path, "must have at least one version");
            return;
        }

        var all = versions.Select(static one => one.Name ?? "").ToList();
        if (all.Distinct(StringComparer.Ordinal).Count() < all.Count)
        {
            errors.Invalid(path, all, "must contain unique version names");
        }

        if (versions.Count(static one => one.Storage) != 1)
        {
            errors.Invalid(path, all, "must have exactly one version marked as storage version");
        }

        for (var index = 0; index < versions.Count; index++)
        {
            VersionRules.Validate(versions[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), errors);
        }
    }
}
