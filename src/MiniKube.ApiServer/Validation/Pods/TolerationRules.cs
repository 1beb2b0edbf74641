using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Tolerations.</summary>
internal static class TolerationRules
{
    public static void Validate(IList<V1Toleration> tolerations, string path, FieldErrors errors)
    {
        for (var index = 0; index < tolerations.Count; index++)
        {
            ValidateOne(tolerations[index], $"{path}[{index}]", errors);
        }
    }

    private static void ValidateOne(V1Toleration toleration, string path, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(toleration.Key))
        {
            errors.Invalid($"{path}.key", toleration.Key, Names.CheckQualifiedName(toleration.Key));
        }
        else if (toleration.OperatorProperty != "Exists")
        {
            errors.Invalid($"{path}.operator", toleration.OperatorProperty ?? "",
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        }

        if (toleration.TolerationSeconds is not null && toleration.Effect != "NoExecute")
        {
            errors.Invalid($"{path}.effect", toleration.Effect ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set");
        }

        ValidateOperator(toleration, path, errors);
        if (!string.IsNullOrEmpty(toleration.Effect))
        {
            errors.OneOf($"{path}.effect", toleration.Effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
        }
    }

    private static void ValidateOperator(V1Toleration toleration, string path, FieldErrors errors)
    {
        switch (toleration.OperatorProperty)
        {
            case null or "" or "Equal":
                errors.Invalid($"{path}.operator", toleration.Value ?? "", Names.CheckLabelValue(toleration.Value ?? ""));
                break;
            case "Exists" when !string.IsNullOrEmpty(toleration.Value):
                errors.Invalid($"{path}.operator", toleration.Value, "value must be empty when `operator` is 'Exists'");
                break;
            case "Exists":
                break;
            default:
                errors.NotSupported($"{path}.operator", toleration.OperatorProperty, ["Equal", "Exists"]);
                break;
        }
    }
}
