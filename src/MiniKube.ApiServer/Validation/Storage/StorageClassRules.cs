using System.Text;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>StorageClasses. https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/storage-class-v1/</summary>
internal static class StorageClassRules
{
    private const int ParametersMax = 512;
    private const int ParametersBytesMax = 256 * 1024;

    public static void Validate(V1StorageClass item, FieldErrors errors)
    {
        var provisioner = item.Provisioner ?? "";
        if (provisioner.Length == 0)
        {
            errors.Required("provisioner");
        }
        else
        {
            errors.Invalid("provisioner", provisioner, Names.CheckQualifiedName(provisioner.ToLowerInvariant()));
        }

        ValidateParameters(item.Parameters ?? new Dictionary<string, string>(), errors);
        errors.OneOf("reclaimPolicy", item.ReclaimPolicy, "Delete", "Retain");
        errors.OneOf("volumeBindingMode", item.VolumeBindingMode, "Immediate", "WaitForFirstConsumer");
    }

    public static void ValidateUpdate(V1StorageClass item, V1StorageClass old, FieldErrors errors)
    {
        if (!JsonChanges.AreEqual(item.Parameters ?? new Dictionary<string, string>(), old.Parameters ?? new Dictionary<string, string>()))
        {
            errors.Forbidden("parameters", "updates to parameters are forbidden.");
        }

        if (item.Provisioner != old.Provisioner)
        {
            errors.Forbidden("provisioner", "updates to provisioner are forbidden.");
        }

        if (item.ReclaimPolicy != old.ReclaimPolicy)
        {
            errors.Forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden.");
        }

        errors.Immutable("volumeBindingMode", item.VolumeBindingMode, old.VolumeBindingMode);
    }

    private static void ValidateParameters(IDictionary<string, string> parameters, FieldErrors errors)
    {
        if (parameters.Count > ParametersMax)
        {
            errors.Add(new FieldError("parameters", "FieldValueTooLong", $"Too long: may not be more than {ParametersMax} bytes"));
            return;
        }

        if (parameters.Keys.Any(string.IsNullOrEmpty))
        {
            errors.Invalid("parameters", "", "field can not be empty.");
        }

        if (parameters.Sum(one => (long)Encoding.UTF8.GetByteCount(one.Key) + Encoding.UTF8.GetByteCount(one.Value ?? ""))
            > ParametersBytesMax)
        {
            errors.TooLong("parameters", ParametersBytesMax);
        }
    }
}
