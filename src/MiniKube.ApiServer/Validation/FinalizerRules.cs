using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Finalizers: known or qualified names, and none added once an object is going.</summary>
internal static class FinalizerRules
{
    private const string Path = "metadata.finalizers";
    private const string Orphan = "orphan";
    private const string Foreground = "foregroundDeletion";

    /// <summary>Kinds of the core are strict about names; elsewhere any qualified name is one.</summary>
    public static void Validate(IList<string>? finalizers, FieldErrors errors, bool isStrict = true)
    {
        if (finalizers is null)
        {
            return;
        }

        foreach (var finalizer in finalizers)
        {
            if (isStrict)
            {
                ValidateName(finalizer, Path, errors);
                continue;
            }

            errors.Invalid(Path, finalizer, Names.CheckQualifiedName(finalizer));
        }

        if (finalizers.Contains(Orphan) && finalizers.Contains(Foreground))
        {
            errors.Invalid(Path, finalizers, $"finalizer {Orphan} and {Foreground} cannot be both set");
        }
    }

    public static void ValidateUpdate(V1ObjectMeta meta, V1ObjectMeta old, FieldErrors errors)
    {
        var added = (meta.Finalizers ?? []).Except(old.Finalizers ?? []).ToList();
        if (old.DeletionTimestamp is not null && added.Count > 0)
        {
            var names = string.Join(", ", added.Select(name => $"\"{name}\""));
            errors.Forbidden(Path, "no new finalizers can be added if the object is being deleted, found new finalizers "
                + $"[]string{{{names}}}");
        }
    }

    public static void ValidateName(string finalizer, string path, FieldErrors errors)
    {
        var problems = Names.CheckQualifiedName(finalizer);
        errors.Invalid(path, finalizer, problems);
        var standard = finalizer is Orphan or Foreground or NamespaceResource.Finalizer;
        if (problems.Count == 0 && !standard && !finalizer.Contains('/', StringComparison.Ordinal))
        {
            errors.Invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }
}
