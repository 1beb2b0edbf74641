using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Owner references: complete, and at most one of them the controller.</summary>
internal static class OwnerRules
{
    private const string Path = "metadata.ownerReferences";

    public static void Validate(IList<V1OwnerReference>? owners, FieldErrors errors)
    {
        V1OwnerReference? controller = null;
        foreach (var owner in owners ?? [])
        {
            ValidateOne(owner, errors);
            if (owner.Controller != true)
            {
                continue;
            }

            if (controller is not null)
            {
                errors.Invalid(Path, owners!.Select(one => one.Name), "Only one reference can have Controller set to true. "
                    + $"Found \"true\" in references for {controller.Name} and {owner.Name}");
            }

            controller = owner;
        }
    }

    private static void ValidateOne(V1OwnerReference owner, FieldErrors errors)
    {
        NotEmpty("apiVersion", owner.ApiVersion, "version must not be empty", errors);
        NotEmpty("kind", owner.Kind, "kind must not be empty", errors);
        NotEmpty("name", owner.Name, "name must not be empty", errors);
        NotEmpty("uid", owner.Uid, "uid must not be empty", errors);
        if (owner is { ApiVersion: "v1", Kind: "Event" })
        {
            errors.Invalid(Path, owner.Kind, "/v1, Kind=Event is disallowed from being an owner");
        }
    }

    private static void NotEmpty(string field, string? value, string why, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(value))
        {
            errors.Invalid($"{Path}.{field}", "", why);
        }
    }
}
