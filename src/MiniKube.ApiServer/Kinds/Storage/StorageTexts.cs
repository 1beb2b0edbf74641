using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What kubectl shows of volumes and claims.</summary>
internal static class StorageTexts
{
    private static readonly (string Mode, string Short)[] Modes =
    [
        ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
    ];

    /// <summary><c>RWO,RWX</c>: every mode once, in Kubernetes' order.</summary>
    public static string AccessModes(IList<string>? modes)
        => string.Join(",", Modes.Where(one => modes?.Contains(one.Mode) == true).Select(one => one.Short));

    /// <summary>How much storage, or nothing.</summary>
    public static string Amount(IDictionary<string, ResourceQuantity>? amounts)
        => amounts?.TryGetValue("storage", out var amount) == true ? Quantity.Of(amount).ToString() : "";

    public static string Phase(string? phase, V1ObjectMeta meta) => meta.DeletionTimestamp is null ? phase ?? "" : "Terminating";

    public static string OrUnset(string? text) => text ?? "<unset>";
}
