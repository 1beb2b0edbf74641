using System.Text;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What every object's metadata must meet.</summary>
internal static class MetadataRules
{
    private const int AnnotationsBytesMax = 256 * 1024;

    public static void Validate(ResourceDefinition definition, V1ObjectMeta meta, FieldErrors errors)
    {
        ValidateNames(definition, meta, errors);
        if (meta.Generation < 0)
        {
            errors.Invalid("metadata.generation", meta.Generation, "must be greater than or equal to 0");
        }

        ValidateLabels(meta.Labels, "metadata.labels", errors);
        ValidateAnnotations(meta.Annotations, "metadata.annotations", errors);
        OwnerRules.Validate(meta.OwnerReferences, errors);
        FinalizerRules.Validate(
            meta.Finalizers, errors, isStrict: definition is not (CustomResource or CustomResourceDefinitionResource));
    }

    public static void ValidateUpdate(ResourceDefinition definition, V1ObjectMeta meta, V1ObjectMeta old, FieldErrors errors)
    {
        Validate(definition, meta, errors);
        Immutable("metadata.name", meta.Name, old.Name, errors);
        Immutable("metadata.namespace", meta.NamespaceProperty, old.NamespaceProperty, errors);
        Immutable("metadata.uid", meta.Uid, old.Uid, errors);
        Immutable("metadata.creationTimestamp", meta.CreationTimestamp, old.CreationTimestamp, errors);
        Immutable("metadata.deletionTimestamp", meta.DeletionTimestamp, old.DeletionTimestamp, errors);
        Immutable("metadata.deletionGracePeriodSeconds", meta.DeletionGracePeriodSeconds, old.DeletionGracePeriodSeconds, errors);
        FinalizerRules.ValidateUpdate(meta, old, errors);
    }

    /// <summary>Labels anywhere in an object: keys are qualified names, values label values.</summary>
    public static void ValidateLabels(IDictionary<string, string>? labels, string path, FieldErrors errors)
    {
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
        {
            errors.Invalid(path, key, Names.CheckQualifiedName(key));
            errors.Invalid(path, value, Names.CheckLabelValue(value));
        }
    }

    /// <summary>Annotations anywhere in an object: keys are qualified names of any case, all together no more than 256 KiB.</summary>
    public static void ValidateAnnotations(IDictionary<string, string>? annotations, string path, FieldErrors errors)
    {
        var bytes = 0L;
        foreach (var (key, value) in annotations ?? new Dictionary<string, string>())
        {
            errors.Invalid(path, key, Names.CheckQualifiedName(key.ToLowerInvariant()));
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > AnnotationsBytesMax)
        {
            errors.TooLong(path, AnnotationsBytesMax);
        }
    }

    private static void ValidateNames(ResourceDefinition definition, V1ObjectMeta meta, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(meta.GenerateName))
        {
            // What is generated ends in letters and digits, so a dash at the end of the prefix is no problem.
            var prefix = meta.GenerateName.EndsWith('-') ? $"{meta.GenerateName[..^1]}a" : meta.GenerateName;
            errors.Invalid("metadata.generateName", meta.GenerateName, NameRules.Check(definition.NameRule, prefix));
        }

        if (string.IsNullOrEmpty(meta.Name))
        {
            errors.Required("metadata.name", "name or generateName is required");
        }
        else
        {
            errors.Invalid("metadata.name", meta.Name, NameRules.Check(definition.NameRule, meta.Name));
        }

        ValidateNamespace(definition.Scope, meta.NamespaceProperty, errors);
    }

    private static void ValidateNamespace(Scope scope, string? name, FieldErrors errors)
    {
        if (scope == Scope.Cluster && !string.IsNullOrEmpty(name))
        {
            errors.Forbidden("metadata.namespace", "not allowed on this type");
        }
        else if (scope == Scope.Namespaced && string.IsNullOrEmpty(name))
        {
            errors.Required("metadata.namespace");
        }
        else if (scope == Scope.Namespaced)
        {
            errors.Invalid("metadata.namespace", name, Names.CheckDnsLabel(name!));
        }
    }

    private static void Immutable<T>(string path, T value, T old, FieldErrors errors)
    {
        if (!EqualityComparer<T>.Default.Equals(value, old))
        {
            errors.Invalid(path, value, "field is immutable");
        }
    }
}
